/**
 * How strong a steady sound must be to have a loudness of so many LUFS when it is the same on both ears.
 *
 * Source: ITU-R BS.1770-5 (2023), Annex 1: the two filters of its K-weighting, printed for 48 kHz, and equation 2. The
 * sounds are known before they are made, so the weighting is applied to their spectra and holds at every rate.
 */

const PRINTED_RATE = 48000; // Hz
const SHELF = {
  b: [1.53512485958697, -2.69169618940638, 1.19839281085285],
  a: [1, -1.69065929318241, 0.73248077421585],
};
const HIGH_PASS = { b: [1, -2, 1], a: [1, -1.99004745483398, 0.99007225036621] };
const OFFSET = 0.691; // dB
const EARS = 2;
const STEP = 10; // Hz, of the sum over a spectrum

/** Power gain of a biquad `{b: [3], a: [3]}` made for `rate`, at a frequency in Hz. */
export function powerGain({ b, a }, frequency, rate) {
  const angle = (2 * Math.PI * frequency) / rate;
  return squared(b, angle) / squared(a, angle);
}

/** Power gain of the K-weighting at a frequency in Hz, up to 24 kHz. */
export function weighting(frequency) {
  return powerGain(SHELF, frequency, PRINTED_RATE) * powerGain(HIGH_PASS, frequency, PRINTED_RATE);
}

/** Amplitude of a sine of `frequency` Hz at `lufs`. */
export function sineAmplitude(lufs, frequency) {
  return Math.sqrt((2 * earPower(lufs)) / weighting(frequency));
}

/**
 * Standard deviation of white noise at `rate` that is at `lufs` once a filter with the power gain `shape(frequency)`
 * has passed over it. What is heard is the same at every rate: more noise only where nobody hears it.
 */
export function noiseDeviation(lufs, rate, shape = () => 1) {
  const top = Math.min(rate, PRINTED_RATE) / 2;
  let heard = 0;
  for (let frequency = STEP / 2; frequency < top; frequency += STEP) heard += shape(frequency) * weighting(frequency);
  return Math.sqrt(earPower(lufs) / ((heard * STEP) / (rate / 2)));
}

/** Weighted mean square of one ear. */
function earPower(lufs) {
  return 10 ** ((lufs + OFFSET) / 10) / EARS;
}

function squared([c0, c1, c2], angle) {
  const real = c0 + c1 * Math.cos(angle) + c2 * Math.cos(2 * angle);
  const imaginary = c1 * Math.sin(angle) + c2 * Math.sin(2 * angle);
  return real ** 2 + imaginary ** 2;
}
