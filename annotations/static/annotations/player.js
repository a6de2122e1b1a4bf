/**
 * Plays the sounds of one page through Web Audio and keeps account of what was heard.
 *
 * Every sound is decoded before anything can be played. Each play is a new source that starts at 0:00. A sound is
 * heard when its source reached its end by itself; one that was stopped is broken off. Times are milliseconds of the
 * monotonic clock, counted from the moment everything could be played.
 *
 * Events: `change` (something loaded, started, ended), `failure` (a sound could not be loaded, and is mostly tried
 * again), `stuck` (a sound that should have ended did not).
 */

import { breakOff, sourceOf } from "./edges.js";
import { Undecodable, loadSound } from "./loading.js";

const GRACE_S = 3; // how long after its end a sound may still be called playing, and how long starting may take
const TOLERANCE_S = 0.05; // clock of the output against the length of the buffer

/** One for all pages of the document: on a page that took the place of another, sound comes without a new start. */
let output = null;

export class Player extends EventTarget {
  #sounds;
  #current = null;
  #turn = 0;
  #readyAt = null;
  #startedAt;
  plays = [];
  loadFailures = 0;
  decodeFailures = 0;
  playFailures = 0;

  /** `sounds`: [{id, url}, …]; `startedAt`: when the page began, in milliseconds since the document did. */
  constructor(sounds, startedAt = 0) {
    super();
    this.#startedAt = startedAt;
    this.#sounds = new Map(sounds.map((sound) => [sound.id, { ...sound, buffer: null, failed: false, heard: 0 }]));
  }

  /** Load and decode what is not there yet, passing by the browser's cache if `again`. */
  async load({ again = false } = {}) {
    const wanted = [...this.#sounds.values()].filter((sound) => !sound.buffer);
    await Promise.all(wanted.map((sound) => this.#loadOne(sound, again)));
    if (this.ready && this.#readyAt === null) this.#readyAt = performance.now();
    this.#changed();
  }

  get ready() {
    return [...this.#sounds.values()].every((sound) => sound.buffer);
  }

  /** Milliseconds from the page's beginning until everything could be played. */
  get readyMs() {
    return this.#readyAt === null ? null : this.#readyAt - this.#startedAt;
  }

  get failed() {
    return this.#idsWhere((sound) => sound.failed);
  }

  get unheard() {
    return this.#idsWhere((sound) => sound.heard === 0);
  }

  get playing() {
    return this.#current?.id ?? null;
  }

  get latencyMs() {
    const latency = output?.outputLatency; // 0 as long as nothing has come out
    return Number.isFinite(latency) ? latency * 1000 : null;
  }

  get sampleRate() {
    return output?.sampleRate ?? null;
  }

  isLoaded(id) {
    return this.#sounds.get(id).buffer !== null;
  }

  timesHeard(id) {
    return this.#sounds.get(id).heard;
  }

  /** Milliseconds since everything could be played. */
  now() {
    return this.#readyAt === null ? 0 : performance.now() - this.#readyAt;
  }

  /** How far the playing sound has come, 0 to 1. */
  progress() {
    return this.#current ? Math.min(1, this.#secondsHeard() / this.#current.duration) : 0;
  }

  /** Play a sound from its start. Call it from a key or pointer event: browsers let sound begin only there. */
  async play(id) {
    if (!this.ready) return;
    const turn = ++this.#turn;
    this.#breakOff();
    output ??= new AudioContext();
    const awake = await this.#wake();
    if (turn !== this.#turn) return; // something else was pressed meanwhile
    if (awake) this.#start(this.#sounds.get(id));
    else this.#stuck();
  }

  /** Stop what is playing, if anything is, and whatever was about to. */
  stop() {
    this.#turn += 1;
    this.#breakOff();
  }

  /** Safari starts a context suspended even in a gesture, and interrupts one when a call comes in. */
  async #wake() {
    if (output.state !== "running") {
      const patience = new Promise((resolve) => setTimeout(resolve, GRACE_S * 1000));
      await Promise.race([output.resume(), patience]);
    }
    return output.state === "running";
  }

  #start(sound) {
    const { source, gain } = sourceOf(output, sound.buffer);
    const play = { sound: sound.id, at_ms: this.now(), heard_s: 0, completed: false };
    const duration = sound.buffer.duration;
    const watch = setTimeout(() => this.#stuck(), (duration + GRACE_S) * 1000);
    const startedAt = output.currentTime;
    this.#current = { id: sound.id, source, gain, play, duration, watch, startedAt };
    this.plays.push(play);
    source.addEventListener("ended", () => this.#ended(source));
    source.start();
    this.#changed();
  }

  /** `ended` is also told of sources that were stopped; those are no longer current. */
  #ended(source) {
    if (this.#current?.source !== source) return;
    const { id, play, duration } = this.#current;
    play.completed = this.#secondsHeard() >= duration - TOLERANCE_S;
    if (play.completed) this.#sounds.get(id).heard += 1;
    this.#forgetCurrent();
    this.#changed();
  }

  #stuck() {
    this.playFailures += 1;
    this.#breakOff();
    this.#changed();
    this.dispatchEvent(new Event("stuck"));
  }

  #breakOff() {
    const current = this.#current;
    this.#forgetCurrent();
    if (current) breakOff(current, output.currentTime);
  }

  #forgetCurrent() {
    if (!this.#current) return;
    clearTimeout(this.#current.watch);
    this.#current.play.heard_s = Math.min(this.#secondsHeard(), this.#current.duration);
    this.#current = null;
  }

  #secondsHeard() {
    return Math.max(0, output.currentTime - this.#current.startedAt);
  }

  async #loadOne(sound, again) {
    sound.failed = false;
    try {
      sound.buffer = await loadSound(sound.url, { again, onFailure: (error) => this.#countFailure(error) });
    } catch {
      sound.failed = true; // each failure was counted
    }
    this.#changed();
  }

  #countFailure(error) {
    if (error instanceof Undecodable) this.decodeFailures += 1;
    else this.loadFailures += 1;
    this.dispatchEvent(new Event("failure"));
  }

  #idsWhere(test) {
    return [...this.#sounds.values()].filter(test).map((sound) => sound.id);
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
