/** Sends the form of a step until the server has it, and tells how the page was used meanwhile. */

import { pause } from "../pause.js";

const PATIENCE_MS = 20_000; // for one attempt
const WAITS_MS = [1000, 2000, 4000, 8000, 15_000]; // between attempts; the last one goes on for ever

/**
 * Send the form, then go to `next`. The server stores an attempt once, however often it arrives. Where it does not
 * take the form, the form is sent once more as a page of its own: what the server says is then shown.
 */
export async function sendForm(form, { next, onWait }) {
  for (let attempt = 0; ; attempt += 1) {
    const reply = await post(form);
    if (reply?.type === "opaqueredirect") return location.replace(next);
    if (reply && reply.status < 500 && reply.status !== 429) return form.submit();
    onWait();
    await pause(WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)]);
  }
}

/** The server's reply, or null if it was not reached. */
async function post(form) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual", signal });
  } catch {
    return null;
  }
}

/** Call `submit` instead of sending the form. Until then its button does nothing: there would be nothing to send. */
export function takeOver(form, submit) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.querySelector(".send button").type = "submit";
}

/** Return a function of the `output` that tells how the page was used so far. Call it when the page is opened. */
export function watchUse() {
  const hidden = { count: 0, ms: 0, since: null };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      hidden.count += 1;
      hidden.since = performance.now();
    } else if (hidden.since !== null) {
      hidden.ms += performance.now() - hidden.since;
      hidden.since = null;
    }
  });
  // Back to a page that was already left: ask the server where the listener is.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  return (output) => ({
    device: output.device,
    sent_ms: performance.now(),
    hidden_count: hidden.count,
    hidden_ms: hidden.ms,
    play_failures: output.failures,
    reloaded: performance.getEntriesByType("navigation")[0]?.type === "reload",
  });
}
