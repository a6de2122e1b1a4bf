/**
 * The trials of a study, one page after the other in one document: the reply to an answer brings the next page, which
 * takes the place of the answered one. So sounds go on coming out of the same audio context, and nobody waits for a second
 * request. Where the reply brings none, the browser goes where it says.
 */

import { TrialPage } from "./trial_page.js";
import { showInstead } from "./next_page.js";

let page = null;

function begin({ startedAt, reloaded }) {
  page = new TrialPage({ goOn, startedAt, reloaded });
}

async function goOn({ next, page: following }) {
  if (!following) return location.replace(next);
  page.leave();
  const startedAt = performance.now();
  await showInstead(following, next);
  begin({ startedAt, reloaded: false });
}

// Back to a page that was already left: ask the server where the listener is.
addEventListener("pageshow", (event) => event.persisted && location.reload());

begin({ startedAt: 0, reloaded: performance.getEntriesByType("navigation")[0]?.type === "reload" });
page.sendEarlier();
