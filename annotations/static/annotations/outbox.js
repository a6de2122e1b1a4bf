/**
 * Sends one answer until the server has acknowledged it: the same body with the same idempotency key every time, so
 * that the server stores it once however often it arrives.
 */

const PATIENCE_MS = 20_000; // for one attempt
const WAITS_MS = [1000, 2000, 4000, 8000, 15_000]; // between attempts; the last one goes on for ever

/** The server has understood the answer and refuses it; sending it again would not help. */
export class Refused extends Error {
  constructor(status, { error = "refused", message = "" } = {}) {
    super(message);
    this.status = status;
    this.code = error;
  }
}

export class Outbox {
  #url;
  #token;
  #hurry = () => {};

  constructor(url, token) {
    this.#url = url;
    this.#token = token;
    addEventListener("online", () => this.#hurry());
  }

  /** Resolve with the server's acknowledgement; `onWait` is called whenever an attempt failed and another will follow. */
  async deliver(answer, onWait) {
    const body = JSON.stringify(answer);
    for (let attempt = 0; ; attempt += 1) {
      const acknowledged = await this.#attempt(body);
      if (acknowledged) return acknowledged;
      onWait();
      await this.#pause(WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)]);
    }
  }

  /** Try again now instead of later. */
  hurry() {
    this.#hurry();
  }

  /** Return the acknowledgement, or null if the server was not reached or not well. */
  async #attempt(body) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.#token };
    const request = { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE_MS) };
    let reply;
    let said;
    try {
      reply = await fetch(this.#url, request);
      said = await reply.json();
    } catch {
      if (!reply || reply.ok || isPassing(reply.status)) return null; // not reached, or broken off half-way
    }
    if (reply.ok) return said;
    if (isPassing(reply.status)) return null;
    throw new Refused(reply.status, said);
  }

  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Too busy, or broken on the server's side: the same request may succeed later. */
function isPassing(status) {
  return status >= 500 || status === 429 || status === 408;
}
