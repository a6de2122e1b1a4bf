/**
 * Antiphase tones: three tones of 200 Hz, one of them 6 dB softer; which is the quietest?
 *
 * One of the other two is turned by 180° between the ears. Over headphones it is as loud as its like; from
 * loudspeakers it cancels in the air and seems to be the quietest.
 *
 * Source: Woods, Siegel, Traer and McDermott (2017), Headphone screening to facilitate web-based auditory experiments,
 * Attention, Perception, & Psychophysics 79, 2064–2072.
 */

import { sineAmplitude } from "./loudness.js";
import { inTurn, ramp } from "./stereo.js";

const FREQUENCY = 200; // Hz
const DURATION = 1; // s, of each tone, ramps included
const SILENCE = 0.5; // s, between them
const RAMP = 0.1; // s
const SOFTER = 10 ** (-6 / 20);
const INTERVALS = [1, 2, 3];

/**
 * The sound of a trial. `target` and `antiphase`: the place of the softer and of the turned tone (1, 2 or 3);
 * `loudness`: LUFS of the two that are not softer, between their ramps.
 */
export function antiphase({ target, antiphase: turned, rate, loudness }) {
  const full = sineAmplitude(loudness, FREQUENCY);
  const intervals = INTERVALS.map((position) => {
    const left = tone(position === target ? full * SOFTER : full, rate);
    const right = position === turned ? left.map((sample) => -sample) : left;
    return { left, right };
  });
  return inTurn(intervals, { silence: SILENCE, rate });
}

function tone(amplitude, rate) {
  const samples = new Float32Array(Math.round(DURATION * rate));
  for (let i = 0; i < samples.length; i++) samples[i] = amplitude * Math.sin((2 * Math.PI * FREQUENCY * i) / rate);
  return ramp(samples, RAMP, rate);
}
