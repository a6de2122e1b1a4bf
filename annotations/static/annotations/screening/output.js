/**
 * The way out of a screening page: one AudioContext at the device's own rate, and one sound at a time.
 *
 * The context is made and woken in the listener's gesture, as every browser wants it (Safari starts it suspended even
 * there). Both ears go to it as they were made. Times heard are those of the context's own clock, which only runs
 * while sound comes out; `atMs` is of the monotonic clock.
 */

import { audioBuffer } from "./stereo.js";

const GRACE_S = 3; // how long waking may take, and how long after its end a sound may still be called playing
const TOLERANCE_S = 0.05; // clock of the output against the length of the sound
const FADE_S = 0.03; // of a sound without ramps of its own

export class Output {
  #context = null;
  #current = null;
  failures = 0;

  /** Call it from a key or pointer event. True if sound can come out now. */
  async wake() {
    this.#context ??= new AudioContext();
    if (this.#context.state !== "running") {
      const patience = new Promise((resolve) => setTimeout(resolve, GRACE_S * 1000));
      await Promise.race([this.#context.resume().catch(() => {}), patience]);
    }
    const awake = this.#context.state === "running";
    if (!awake) this.failures += 1;
    return awake;
  }

  /** Hz, of the sounds that are to be played; null before the first gesture. */
  get rate() {
    return this.#context?.sampleRate ?? null;
  }

  get playing() {
    return this.#current !== null;
  }

  /** Whether the device says that it has one channel only. */
  get mono() {
    return this.#context?.destination.maxChannelCount === 1;
  }

  /** What is stored of the way out. */
  get device() {
    const latency = this.#context.outputLatency;
    return {
      sample_rate: this.rate,
      channels: this.#context.destination.maxChannelCount,
      output_latency_ms: Number.isFinite(latency) ? latency * 1000 : null,
    };
  }

  /** Seconds of the current sound that have come out. */
  get seconds() {
    return this.#current ? Math.max(0, this.#context.currentTime - this.#current.startedAt) : 0;
  }

  /**
   * Play a sound, in a loop if `loop`; resolve with `{at_ms, heard_s, completed}` when it has ended, whether by itself,
   * by `stop`, or because the browser took the output away. Call it after `wake`.
   */
  play(sound, { loop = false } = {}) {
    const source = new AudioBufferSourceNode(this.#context, { buffer: audioBuffer(sound), loop });
    const gain = loop ? this.#fadedIn() : null;
    source.connect(gain ?? this.#context.destination);
    const duration = loop ? Infinity : source.buffer.duration;
    const atMs = performance.now();
    return new Promise((resolve) => {
      // `ended` is also told of a source that was stopped; it is no longer current then.
      const finish = () => this.#current?.source === source && resolve(this.#finished(atMs, duration));
      const watch = loop ? null : setTimeout(finish, (duration + GRACE_S) * 1000);
      this.#current = { source, gain, watch, finish, startedAt: this.#context.currentTime };
      source.addEventListener("ended", finish);
      source.start();
    });
  }

  stop() {
    this.#current?.finish();
  }

  #finished(atMs, duration) {
    const { source, gain, watch } = this.#current;
    const heard = this.seconds;
    const completed = heard >= duration - TOLERANCE_S;
    if (!completed && duration !== Infinity) this.failures += 1;
    clearTimeout(watch);
    this.#current = null;
    this.#fadeOut(source, gain);
    return { at_ms: atMs, heard_s: Math.min(heard, duration), completed };
  }

  #fadedIn() {
    const gain = new GainNode(this.#context, { gain: 0 });
    gain.gain.linearRampToValueAtTime(1, this.#context.currentTime + FADE_S);
    gain.connect(this.#context.destination);
    return gain;
  }

  #fadeOut(source, gain) {
    const end = this.#context.currentTime + (gain ? FADE_S : 0);
    gain?.gain.setTargetAtTime(0, this.#context.currentTime, FADE_S / 5);
    source.stop(end);
  }
}
