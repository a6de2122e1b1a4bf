/**
 * Sends answers until the server has acknowledged them: each is kept on the device before its first attempt, and sent
 * with the same body and idempotency key every time, so that the server stores it once however often it arrives. Only
 * an acknowledgement, or a refusal in the server's own words, takes it out again; what was refused is kept apart.
 */

import { Device } from "./device.js";
import { Session } from "./session.js";

const WAITS_MS = [1000, 2000, 4000, 8000, 15_000]; // between attempts; the last one goes on for ever
const REFUSED_FOR_MS = 30 * 24 * 3600 * 1000; // as long as a session lasts; nobody asks for them later
const NOT_NOW = ["paused", "draft", "no_session"]; // the same answer may be taken later

/** The server has understood the answer and does not take it. `held`: not now; it stays on the device and is sent later. */
export class Refused extends Error {
  constructor({ error = "refused", message = "" }) {
    super(message);
    this.code = error;
    this.held = NOT_NOW.includes(error);
  }
}

export class Outbox {
  #device = new Device();
  #session;
  #wake = () => {};
  #hurried = false;

  /** `listener`: what every page says of its listener (`tag`, `token`, `session`). */
  constructor(listener) {
    this.#session = new Session(listener);
    this.#device.expire("refused", REFUSED_FOR_MS);
    addEventListener("online", () => this.hurry());
  }

  /**
   * Resolve with the server's acknowledgement and the page that follows. `onWait` is called whenever an attempt failed
   * and another will follow, with whether the answer outlives this page. Rejects with `Refused`.
   */
  async deliver(url, answer, onWait) {
    const { tag } = this.#session;
    const entry = { key: answer.idempotency_key, tag, url, at: Date.now() };
    await this.#device.remove("refused", entry.key); // the same page, answered again
    const lasting = await this.#device.put("waiting", { ...entry, body: JSON.stringify(answer) });
    return this.#send(entry.key, () => onWait(lasting), { withPage: true });
  }

  /** The answers of this listener that wait, the oldest first. */
  waiting() {
    return this.#device.all("waiting", this.#session.tag);
  }

  /** Send one that waits, as `deliver` does, but for the page that follows. */
  resend(entry, onWait) {
    return this.#send(entry.key, onWait, { withPage: false });
  }

  /** Delete what the device keeps of this listener. */
  forget() {
    return this.#device.forget(this.#session.tag);
  }

  /** Try again now instead of later, or right after the attempt that is being made. */
  hurry() {
    this.#hurried = true;
    this.#wake();
  }

  async #send(key, onWait, wanted) {
    for (let attempt = 0; ; attempt += 1) {
      this.#hurried = false;
      const acknowledged = await alone(`outbox ${this.#session.tag}`, () => this.#attempt(key, wanted));
      if (acknowledged) return acknowledged;
      onWait();
      if (!this.#hurried) await this.#pause(WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)]);
      if (this.#hurried) attempt = -1; // the network may only just be back: short waits again
    }
  }

  /** Return the acknowledgement, or null if the server was not reached or not well. */
  async #attempt(key, wanted) {
    const entry = await this.#device.get("waiting", key);
    if (!entry) return this.#settledElsewhere(key);
    const reply = await this.#session.post(entry, wanted);
    if (reply?.saved) {
      await this.#device.remove("waiting", key);
      return reply;
    }
    if (!reply?.error) return null;
    const refused = new Refused(reply);
    if (!refused.held) await this.#device.refuse(entry, { code: refused.code, message: refused.message });
    throw refused;
  }

  /** Another window has sent it meanwhile. */
  async #settledElsewhere(key) {
    const refused = await this.#device.get("refused", key);
    if (refused) throw new Refused({ error: refused.code, message: refused.message });
    return { saved: true, next: location.pathname };
  }

  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Let one window at a time do something. Where browsers cannot, two may: the server stores an answer once. */
function alone(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}
