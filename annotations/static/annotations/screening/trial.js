/** The sound of a screening trial as the server plans it (annotations/design/screening.py). */

import { antiphase } from "./antiphase.js";
import { huggins } from "./huggins.js";

const MAKERS = { huggins, antiphase };

/** `trial`: {kind, seed, target, antiphase}; `rate`: Hz, of the AudioContext; `loudness`: LUFS, of the clips. */
export function trialSound(trial, { rate, loudness }) {
  return MAKERS[trial.kind]({ ...trial, rate, loudness });
}
