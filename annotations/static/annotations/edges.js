/**
 * The edges of a sound: ramps of a few milliseconds, so that none begins, ends or breaks off with a click.
 *
 * Those at the beginning and the end are part of the samples, where no delay on the way to the output can shift them.
 * Nothing is cut: the last sample is the sound's own, only quieter.
 */

export const RAMP_S = 0.004;
const AHEAD_S = 0.01; // the output is told of what it does next before it has done it

/** Ramp both edges of an AudioBuffer in place; return it. A sound too short for both ramps gets shorter ones. */
export function withRamps(buffer) {
  const frames = Math.floor(Math.min(RAMP_S * buffer.sampleRate, buffer.length / 4));
  for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
    const samples = buffer.getChannelData(channel);
    for (let at = 0; at < frames; at += 1) {
      const gain = (at + 0.5) / frames;
      samples[at] *= gain;
      samples[samples.length - 1 - at] *= gain;
    }
  }
  return buffer;
}

/** Return a source that plays a buffer from its beginning, and the gain between it and the context's output. */
export function sourceOf(context, buffer) {
  const source = new AudioBufferSourceNode(context, { buffer });
  const gain = new GainNode(context);
  source.connect(gain).connect(context.destination);
  return { source, gain: gain.gain };
}

/** Stop a source in the middle of its sound, by a ramp that begins `now` or as soon as can be (seconds of its clock). */
export function breakOff({ source, gain }, now) {
  const start = now + AHEAD_S;
  gain.setValueAtTime(1, start);
  gain.linearRampToValueAtTime(0, start + RAMP_S);
  source.stop(start + RAMP_S);
}
