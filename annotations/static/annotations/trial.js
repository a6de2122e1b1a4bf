/** The trial page: sounds, keys, the rule that everything is heard before it is answered, and sending the answer. */

import { Outbox, Refused } from "./outbox.js";
import { Player } from "./player.js";
import { answersOf, firstUnanswered } from "./answers.js";
import { listenToKeys } from "./keys.js";

const MOST_PLAYS = 1000; // what the server takes
const data = JSON.parse(document.getElementById("trial-data").textContent);
const words = data.words;
const form = document.getElementById("trial");
const send = form.querySelector(".send button");
const message = document.getElementById("message");
const trouble = document.getElementById("trouble");
const toHear = document.getElementById("to-hear");
const sounds = data.context ? [data.context, ...data.clips] : data.clips;
const names = new Map(sounds.map(({ id, name }) => [id, id === "context" ? words.context : name]));
const buttons = new Map(sounds.map(({ id }) => [id, form.querySelector(`[data-sound="${id}"]`)]));

const player = new Player(sounds);
const outbox = new Outbox(data.api, form.elements.csrfmiddlewaretoken.value);
const still = matchMedia("(prefers-reduced-motion: reduce)");
const hidden = { count: 0, ms: 0, since: null };
let firstPlay = null;
let sending = false;

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function list(ids) {
  return ids.map((id) => names.get(id)).join(", ");
}

/** The same where nothing else says that a number is a clip. */
function listClips(ids) {
  return ids.map((id) => (id === "context" ? words.context : fill(words.clip, { name: names.get(id) }))).join(", ");
}

function say(text) {
  if (message.textContent !== text) message.textContent = text;
}

/** What stands under a sound's button. */
function stateOf(id) {
  if (player.failed.includes(id)) return "failed";
  if (!player.isLoaded(id)) return "loading";
  if (player.playing === id) return "playing";
  return player.timesHeard(id) ? "heard" : "unheard";
}

function render() {
  for (const [id, button] of buttons) {
    const state = stateOf(id);
    button.dataset.state = state;
    document.getElementById(`state-${id}`).textContent = words[state];
    const waits = !player.ready || (player.playing !== null && player.playing !== id);
    button.setAttribute("aria-disabled", String(waits));
    drawRing(button, 0);
  }
  const unheard = player.unheard;
  const text = unheard.length ? fill(words.to_hear, { list: list(unheard) }) : words.all_heard;
  if (player.ready && toHear.textContent !== text) toHear.textContent = text;
  toHear.classList.toggle("complete", player.ready && !unheard.length);
  send.classList.toggle("early", !player.ready || unheard.length > 0 || sending);
  if (player.playing !== null && !still.matches) requestAnimationFrame(animate);
}

function animate() {
  const button = buttons.get(player.playing);
  if (!button) return;
  drawRing(button, player.progress());
  requestAnimationFrame(animate);
}

function drawRing(button, share) {
  button.querySelector(".fill").style.strokeDashoffset = String(100 - 100 * share);
}

function play(id) {
  if (sending) return;
  if (!player.ready) return say(words.wait);
  if (player.playing !== null && player.playing !== id) return;
  firstPlay ??= player.now();
  say("");
  player.play(id);
}

/** Say what is still to be heard; true if something is. */
function tooEarly() {
  if (!player.ready) say(words.wait);
  else if (player.unheard.length) say(fill(words.to_hear, { list: list(player.unheard) }));
  return !player.ready || player.unheard.length > 0;
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
    first_play_ms: firstPlay,
    hidden_count: hidden.count,
    hidden_ms: hidden.ms,
    load_failures: player.loadFailures,
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
  if (sending) return outbox.hurry();
  if (tooEarly() || askAgain()) return;
  setSending(true);
  say(words.saving);
  trouble.hidden = true;
  try {
    const { next } = await outbox.deliver(answer(), () => say(words.kept));
    removeEventListener("beforeunload", warn);
    say(words.saved);
    location.replace(next);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refused(error);
  }
}

/** The answer stays on the page; the button does what helps. */
function refused(error) {
  setSending(false);
  say("");
  const goOn = () => location.replace(data.start);
  const ways = { answered: [words.go_on, goOn], wrong_stage: [words.go_on, goOn], paused: [words.try_again, submit] };
  const [action, act] = ways[error.code] ?? [words.to_start, goOn];
  complain(form.querySelector(".send"), error.message, action, act);
}

/** What is being sent must stay as it is, and the page must stay open. */
function setSending(now) {
  sending = now;
  form.classList.toggle("sending", now);
  if (now) addEventListener("beforeunload", warn);
  else removeEventListener("beforeunload", warn);
  render();
}

function warn(event) {
  event.preventDefault();
}

/** Say what went wrong beside what it is about, with a button for what can be done. */
function complain(beside, text, action, act) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "second";
  button.textContent = action;
  button.addEventListener("click", act);
  beside.after(trouble);
  trouble.replaceChildren(paragraph, button);
  trouble.hidden = false;
}

async function load(options) {
  trouble.hidden = true;
  await player.load(options);
  if (!player.failed.length) return;
  const text = fill(words.load_failed, { list: listClips(player.failed) });
  complain(toHear, text, words.try_again, () => load({ again: true }));
}

player.addEventListener("change", render);
player.addEventListener("stuck", () => say(words.no_sound));
for (const [id, button] of buttons) button.addEventListener("click", () => play(id));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
// A choice before everything was heard does not happen at all.
form.addEventListener("click", (event) => {
  if (event.target.matches("input[type=radio][name]") && (sending || tooEarly())) event.preventDefault();
});
// The same for controls that answer in other ways (see questions/may_answer.js).
form.addEventListener("answering", (event) => {
  if (sending || tooEarly()) event.preventDefault();
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

listenToKeys({ form, clips: data.clips, play });
render();
load();
