/**
 * Sounds for two ears: `{left, right, rate}`, two Float32Arrays of one length, full scale 1, and Hz.
 *
 * They are made at the rate of the AudioContext that plays them and handed to it sample by sample: no file, no
 * compression, no resampling and no mixing in between, each of which could undo the difference between the ears.
 */

/** An AudioBuffer with two channels. It belongs to no context; play it in one of the same rate. */
export function audioBuffer({ left, right, rate }) {
  const buffer = new AudioBuffer({ length: left.length, numberOfChannels: 2, sampleRate: rate });
  buffer.copyToChannel(left, 0);
  buffer.copyToChannel(right, 1);
  return buffer;
}

/**
 * Intervals `[{left, right}, …]` one after the other with `silence` seconds between them, as one sound, whose
 * `intervals` say when each is heard: `[{start, end}, …]` in seconds.
 */
export function inTurn(intervals, { silence, rate }) {
  const gap = Math.round(silence * rate);
  const starts = [];
  let length = -gap;
  for (const { left } of intervals) {
    starts.push(length + gap);
    length += gap + left.length;
  }
  const sound = { left: new Float32Array(length), right: new Float32Array(length), rate };
  intervals.forEach((interval, at) => {
    sound.left.set(interval.left, starts[at]);
    sound.right.set(interval.right, starts[at]);
  });
  const times = starts.map((start, at) => ({ start: start / rate, end: (start + intervals[at].left.length) / rate }));
  return { ...unclipped(sound), intervals: times };
}

/** Fade the first and last `seconds` of the samples in and out along a raised cosine, in place. */
export function ramp(samples, seconds, rate) {
  const length = Math.round(seconds * rate);
  for (let i = 0; i < length; i++) {
    const gain = (1 - Math.cos((Math.PI * (i + 0.5)) / length)) / 2;
    samples[i] *= gain;
    samples[samples.length - 1 - i] *= gain;
  }
  return samples;
}

/** The sound itself, or a RangeError if it would be cut off at full scale. */
export function unclipped(sound) {
  const tooLarge = (sample) => Math.abs(sample) > 1;
  if (sound.left.some(tooLarge) || sound.right.some(tooLarge)) {
    throw new RangeError("The screening sound would be clipped: ask for a lower loudness");
  }
  return sound;
}
