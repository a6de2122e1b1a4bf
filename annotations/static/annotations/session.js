/** Speaks to the server for one listener. The token of the page is renewed when the server knows it no longer. */

const PATIENCE_MS = 20_000; // for one request

export class Session {
  #token;
  #url;
  tag;

  constructor({ tag, token, session }) {
    this.tag = tag;
    this.#token = token;
    this.#url = session;
  }

  /**
   * Return what the server says to an answer: `saved`, or an `error` that sending it again would not mend. Null if it
   * was not reached, is not well, or something on the way answered in its place. `withPage`: with the next page, if it is
   * one of a trial.
   */
  async post(entry, { withPage }) {
    const first = await this.#post(entry, withPage);
    if (first?.error !== "permission_denied") return first;
    // The session began anew, as after a long time away: the token of this page belongs to the one before.
    const renewed = await this.#renew();
    if (renewed) return renewed;
    const again = await this.#post(entry, withPage);
    return again?.error === "permission_denied" ? null : again;
  }

  async #post({ url, body }, withPage) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.#token, "X-Listener": this.tag };
    if (withPage) headers["X-With-Page"] = "1";
    const reply = await ask(url, { method: "POST", body, headers });
    if (!reply) return null;
    const settled = reply.ok ? reply.said.saved : !isPassing(reply.status) && reply.said.error;
    return settled ? reply.said : null;
  }

  /** Fetch a token that the session has now; return an error if it is not this listener's, null where all is well. */
  async #renew() {
    const reply = await ask(this.#url, { headers: { "X-Listener": this.tag } });
    if (reply?.ok) this.#token = reply.said.token;
    return reply?.said.error === "no_session" ? reply.said : null;
  }
}

/** Return the status and what was said in JSON; null if the server was not reached, or something else answered. */
async function ask(url, request) {
  try {
    const reply = await fetch(url, { ...request, signal: AbortSignal.timeout(PATIENCE_MS) });
    return { ok: reply.ok, status: reply.status, said: (await reply.json()) ?? {} };
  } catch {
    return null;
  }
}

/** Too busy, or broken on the server's side: the same request may succeed later. */
function isPassing(status) {
  return status >= 500 || status === 429 || status === 408;
}
