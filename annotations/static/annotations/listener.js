/**
 * What every page does for its listener: it sends answers that wait on this device from before (the page of a trial does
 * so itself, and then asks the server where to go on), fetches the first sounds ahead, and forgets what the device keeps
 * of someone who has withdrawn.
 */

import { Outbox, Refused } from "./outbox.js";
import { fetchAhead } from "./ahead.js";

/** Who the page is for: `tag`, `token`, `session`, `ahead` (where to ask for sounds, if any), `withdrawn`, `words`. */
export const listener = JSON.parse(document.getElementById("listener").textContent);
export const outbox = new Outbox(listener);

const status = document.getElementById("outbox");
const continuing = document.getElementById("continue-link");

async function sendWaiting() {
  let text = "";
  for (const entry of await outbox.waiting()) {
    status.textContent = listener.words.earlier;
    text = await sent(entry);
  }
  status.textContent = text;
}

/** Return what there is to say when it is settled. */
async function sent(entry) {
  try {
    await outbox.resend(entry, () => {});
    return listener.words.saved;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.held ? "" : listener.words.not_taken.replace("{reason}", error.message);
  }
}

async function copyLink() {
  continuing.select();
  await navigator.clipboard.writeText(continuing.value);
  document.getElementById("copied").textContent = listener.words.copied;
}

if (listener.withdrawn) outbox.forget();
else if (!document.querySelector("[data-sends-waiting]")) {
  sendWaiting();
  if (listener.ahead) fetchAhead(listener.ahead);
}
if (continuing && navigator.clipboard) {
  const copy = document.getElementById("copy-link");
  copy.hidden = false;
  copy.addEventListener("click", copyLink);
}
