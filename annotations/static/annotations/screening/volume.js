/**
 * Reference noise by which listeners set their volume: as loud as the clips, with the spectrum of speech, the same on
 * both ears, and without a seam when it is played in a loop.
 *
 * Source of the spectrum: the weighted noise for speech of ANSI/ASA S3.6, level from 100 Hz to 1 kHz and falling by
 * 12 dB an octave above; here by two Butterworth filters of second order, the lower one sparing small loudspeakers.
 */

import { noiseDeviation, powerGain } from "./loudness.js";
import { gaussian, uniform } from "./random.js";
import { unclipped } from "./stereo.js";

const LOWEST = 100; // Hz
const CORNER = 1000; // Hz
const DURATION = 5; // s: long enough not to be heard as a pattern

/** The sound, from its `seed`, at `loudness` LUFS. */
export function referenceNoise({ seed, rate, loudness }) {
  const filters = [butterworth(LOWEST, rate, -1), butterworth(CORNER, rate, 1)];
  const shape = (frequency) => filters.reduce((gain, filter) => gain * powerGain(filter, frequency, rate), 1);
  const deviation = noiseDeviation(loudness, rate, shape);
  const white = gaussian(Math.round(DURATION * rate), uniform(seed)).map((sample) => sample * deviation);
  const left = Float32Array.from(filters.reduce(aroundLoop, white));
  return unclipped({ left, right: left.slice(), rate });
}

/** A filter of second order: low-pass (`side` 1) or high-pass (-1), by the bilinear transform. */
function butterworth(corner, rate, side) {
  const k = Math.tan((Math.PI * corner) / rate);
  const norm = 1 + Math.SQRT2 * k + k * k;
  const first = (side > 0 ? k * k : 1) / norm;
  return {
    b: [first, 2 * side * first, first],
    a: [1, (2 * (k * k - 1)) / norm, (1 - Math.SQRT2 * k + k * k) / norm],
  };
}

/** Filter a loop: the first time around only brings the filter into the state in which the end meets the start. */
function aroundLoop(samples, { b, a }) {
  const filtered = new Float64Array(samples.length);
  let [first, second] = [0, 0];
  for (let i = 0; i < 2 * samples.length; i++) {
    const at = i % samples.length;
    const output = b[0] * samples[at] + first;
    first = b[1] * samples[at] - a[1] * output + second;
    second = b[2] * samples[at] - a[2] * output;
    filtered[at] = output;
  }
  return filtered;
}
