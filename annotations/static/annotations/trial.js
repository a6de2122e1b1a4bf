/** The trial page: sounds, keys, the rule that everything is heard before it is answered, and sending the answer. */

import { Refused } from "./outbox.js";
import { fetchAhead } from "./ahead.js";
import { listener, outbox } from "./listener.js";
import { answersOf, firstUnanswered } from "./answers.js";
import { listenToKeys } from "./keys.js";
import { Sounds } from "./sounds.js";
import { fill } from "./fill.js";

const MOST_PLAYS = 1000; // what the server takes
const data = JSON.parse(document.getElementById("trial-data").textContent);
const words = data.words;
const form = document.getElementById("trial");
const send = form.querySelector(".send button");
const message = document.getElementById("message");

const sounds = new Sounds({ form, data, say, mayPlay: () => !sending || onward !== null });
const player = sounds.player;
const hidden = { count: 0, ms: 0, since: null };
let sending = false;
let onward = null; // the address of the next page, once the answer is saved and feedback is shown

/** What is said of an answer after practice stays until the listener goes on. */
function say(text) {
  if (onward === null && message.textContent !== text) message.textContent = text;
}

function showSend() {
  send.classList.toggle("early", onward === null && (!sounds.complete || sending));
}

function askAgain() {
  const missing = firstUnanswered(form);
  if (!missing) return false;
  say(fill(words.to_answer, { list: missing.label }));
  missing.control.focus();
  return true;
}

function telemetry() {
  return {
    plays: player.plays.slice(-MOST_PLAYS),
    ready_ms: player.readyAt,
    first_play_ms: sounds.firstPlay,
    hidden_count: hidden.count,
    hidden_ms: hidden.ms,
    load_failures: player.loadFailures,
    decode_failures: player.decodeFailures,
    play_failures: player.playFailures,
    output_latency_ms: player.latencyMs,
    sample_rate: player.sampleRate,
    reloaded: performance.getEntriesByType("navigation")[0]?.type === "reload",
    language: document.documentElement.lang,
  };
}

function timesHeard(id) {
  return Math.min(player.timesHeard(id), MOST_PLAYS);
}

function answer() {
  const slots = data.clips.map(({ id }) => Number(id)).sort((a, b) => a - b);
  return {
    assignment: data.assignment,
    idempotency_key: data.idempotency_key,
    answers: answersOf(form),
    rt_ms: player.now(),
    plays: slots.map((slot) => timesHeard(String(slot))),
    context_plays: data.context ? timesHeard("context") : 0,
    telemetry: telemetry(),
  };
}

async function submit() {
  if (onward !== null) return location.replace(onward);
  if (sending) return outbox.hurry();
  if (sounds.tooEarly() || askAgain()) return;
  setSending(true);
  say(words.saving);
  sounds.quiet();
  try {
    const { next, feedback } = await outbox.deliver(data.api, answer(), waits);
    removeEventListener("beforeunload", warn);
    if (feedback) return tell(feedback, next);
    say(words.saved);
    location.replace(next);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refused(error);
  }
}

/** Say that the answer is kept and will be sent; what the device cannot keep is lost with the page. */
function waits(lasting) {
  say(lasting ? words.kept : words.kept_here);
  if (!lasting) addEventListener("beforeunload", warn);
}

/** Send what waits from before the page was loaded, then ask the server where the listener is. */
async function sendEarlier() {
  const waiting = await outbox.waiting();
  if (!waiting.length) return;
  setSending(true);
  say(words.earlier);
  try {
    for (const entry of waiting) await outbox.resend(entry, () => say(words.kept));
    say(words.saved);
    location.replace(data.start);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refused(error);
  }
}

/** After practice: say whether it was right, and wait until that was read. */
function tell({ right, text }, next) {
  say(text);
  message.classList.add("feedback", right ? "right" : "wrong");
  onward = next;
  send.textContent = words.go_on;
  showSend();
}

/** The answer stays on the device and on the page; the button does what helps. */
function refused(error) {
  setSending(false);
  removeEventListener("beforeunload", warn);
  say("");
  const goOn = () => location.replace(data.start);
  const ways = { answered: [words.go_on, goOn], wrong_stage: [words.go_on, goOn], paused: [words.try_again, submit] };
  const [action, act] = ways[error.code] ?? [words.to_start, goOn];
  const follows = error.held ? words.held : words.not_taken;
  sounds.complain(form.querySelector(".send"), `${error.message} ${follows}`, action, act);
}

/** What is being sent must stay as it is. */
function setSending(now) {
  sending = now;
  form.classList.toggle("sending", now);
  showSend();
}

function warn(event) {
  event.preventDefault();
}

sounds.addEventListener("change", showSend);
sounds.addEventListener("ready", () => fetchAhead(listener.ahead), { once: true });
form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
// A choice before everything was heard does not happen at all.
form.addEventListener("click", (event) => {
  if (event.target.matches("input[type=radio][name]") && (sending || sounds.tooEarly())) event.preventDefault();
});
// The same for controls that answer in other ways (see questions/may_answer.js).
form.addEventListener("answering", (event) => {
  if (sending || sounds.tooEarly()) event.preventDefault();
});
form.addEventListener("change", () => say(""));
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

listenToKeys({ form, clips: data.clips, play: (id) => sounds.play(id) });
sounds.render();
sounds.load();
sendEarlier();
