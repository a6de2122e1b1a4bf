/**
 * Huggins pitch: three noises, one of which hides a faint tone that only two separate ears can hear.
 *
 * Each noise lasts 1 s and is white and the same on both ears; in the target the right ear's band of 600 Hz ± 6 % is
 * turned by 180°. Either ear alone has white noise. Mixed to one channel the band of the target falls silent, a notch
 * less than a critical band wide: something to hear for who knows, but no tone. Loudspeakers in a dry room keep some
 * of the difference between the ears, and a fifth of listeners without headphones pass (Milne et al.).
 *
 * Source: Milne, Bianco, Poole, Zhao, Oxenham, Billig and Chait (2021), An online headphone screening test based on
 * dichotic pitch, Behavior Research Methods 53, 1551–1562; intervals and silences of 1 s as in the authors' own
 * stimuli. Theirs have no ramps; ours have, so that no click is heard.
 */

import { noiseDeviation } from "./loudness.js";
import { gaussian, uniform } from "./random.js";
import { inTurn, ramp } from "./stereo.js";

const CENTRE = 600; // Hz
const HALF_WIDTH = 0.06; // of the centre
const DURATION = 1; // s, of each noise
const SILENCE = 1; // s, between them
const RAMP = 0.01; // s
const INTERVALS = [1, 2, 3];

/**
 * The sound of a trial from its `seed`. `target`: the place of the noise with the tone (1, 2 or 3); `loudness`: LUFS
 * of each noise, between its ramps.
 */
export function huggins({ seed, target, rate, loudness }) {
  const draw = uniform(seed);
  const deviation = noiseDeviation(loudness, rate);
  const intervals = INTERVALS.map((position) => {
    const left = scaledTo(deviation, gaussian(Math.round(DURATION * rate), draw));
    const right = position === target ? bandTurned(left, rate) : left;
    return { left: ramped(left, rate), right: ramped(right, rate) };
  });
  return inTurn(intervals, { silence: SILENCE, rate });
}

/** Every noise gets the same energy, so that none stands out by chance. */
function scaledTo(deviation, samples) {
  const square = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return samples.map((sample) => (sample * deviation) / Math.sqrt(square));
}

/**
 * The samples with the sign of their Fourier components in the band turned around: what an FFT, a change of sign and
 * an inverse FFT give, at any length. The magnitude of every component stays exactly what it was.
 */
function bandTurned(samples, rate) {
  const circle = Float64Array.from(samples, (_, i) => (2 * Math.PI * i) / samples.length);
  const waves = { cosine: circle.map(Math.cos), sine: circle.map(Math.sin) };
  const turned = samples.slice();
  const spacing = rate / samples.length;
  const last = Math.floor((CENTRE * (1 + HALF_WIDTH)) / spacing);
  for (let bin = Math.ceil((CENTRE * (1 - HALF_WIDTH)) / spacing); bin <= last; bin++) {
    turnComponent(samples, bin, waves, turned);
  }
  return turned;
}

/** Take twice the component with `bin` periods away from `turned`: once is to lose it, twice to turn it around. */
function turnComponent(samples, bin, { cosine, sine }, turned) {
  const length = samples.length;
  let [real, imaginary] = [0, 0];
  for (let i = 0, at = 0; i < length; i++, at = (at + bin) % length) {
    real += samples[i] * cosine[at];
    imaginary += samples[i] * sine[at];
  }
  const [along, across] = [(4 * real) / length, (4 * imaginary) / length];
  for (let i = 0, at = 0; i < length; i++, at = (at + bin) % length) {
    turned[i] -= along * cosine[at] + across * sine[at];
  }
}

function ramped(samples, rate) {
  return ramp(Float32Array.from(samples), RAMP, rate);
}
