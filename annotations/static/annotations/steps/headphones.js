/** The headphone screening: one trial at a time, heard to its end before it is answered; all are sent together. */

import { listenToKeys } from "../keys.js";
import { Output } from "../screening/output.js";
import { trialSound } from "../screening/trial.js";
import { Sounding } from "./sounding.js";
import { sendForm, takeOver, watchUse } from "./sending.js";
import { fill } from "../fill.js";

const data = JSON.parse(document.getElementById("step-data").textContent);
const words = data.words;
const form = document.getElementById("step");
const button = document.getElementById("play");
const state = document.getElementById("state");
const message = document.getElementById("message");
const goOn = form.querySelector(".send button");

const output = new Output();
const sounding = new Sounding({ form, output, words });
const use = watchUse();
const results = [];
const starts = countStart();
let trial = null; // {plays, sound, endedAt, chosenAt} of the trial on the page
let busy = false; // while the sounds are made and played
let sending = false;

function say(text) {
  if (message.textContent !== text) message.textContent = text;
}

/** How often this attempt's trials were begun in this window. */
function countStart() {
  const name = `starts ${data.trials[0].seed}`;
  const count = Number(sessionStorage.getItem(name)) + 1;
  sessionStorage.setItem(name, String(count));
  return count;
}

function timesHeard() {
  return trial.plays.filter((play) => play.completed).length;
}

function chosen() {
  return form.querySelector("[name=choice]:checked");
}

function render(said) {
  const heard = timesHeard();
  button.dataset.state = busy ? "playing" : heard ? "heard" : "unheard";
  button.setAttribute("aria-disabled", String(busy || heard >= data.most_plays));
  state.textContent = said ?? (heard === 0 ? words.unheard : heard < data.most_plays ? words.heard : words.heard_again);
  goOn.classList.toggle("early", busy || !heard || sending);
}

function begin() {
  const number = results.length + 1;
  const of = data.trials.length;
  trial = { plays: [], sound: null, endedAt: null, chosenAt: null };
  if (chosen()) chosen().checked = false;
  document.getElementById("progress").value = number;
  document.getElementById("number").textContent = fill(words.trial, { number, of });
  goOn.textContent = number < of ? words.next : words.last;
  render();
}

/** The sound of the trial on the page; it takes a moment to make. */
async function prepared() {
  if (!trial.sound) {
    render(words.preparing);
    await new Promise((resolve) => setTimeout(resolve)); // lets the page say so
    trial.sound = trialSound(data.trials[results.length], { rate: output.rate, loudness: data.loudness });
  }
  return trial.sound;
}

async function play() {
  if (busy || sending) return;
  if (timesHeard() >= data.most_plays) return say(words.no_more);
  busy = true;
  say("");
  const awake = await output.wake();
  document.getElementById("mono").hidden = !output.mono;
  const ended = awake && (await playOnce());
  busy = false;
  render();
  say(ended ? words.ended : words.no_sound);
}

/** True if the sounds came to their end. */
async function playOnce() {
  const sound = await prepared();
  if (chosen()) chosen().checked = false; // the answer is the one given after the last play
  const ending = output.play(sound);
  render(words.playing);
  sounding.follow(sound.intervals);
  const played = await ending;
  sounding.end();
  trial.plays.push(played);
  trial.endedAt = performance.now();
  return played.completed;
}

/** Say what must come before an answer; true if something must. */
function tooEarly() {
  const early = busy || !timesHeard();
  if (early) say(words.to_hear);
  return early;
}

function next() {
  if (sending || tooEarly()) return;
  if (!chosen()) return say(words.to_answer);
  const { plays, chosenAt, endedAt } = trial;
  results.push({ answer: Number(chosen().value), rt_ms: chosenAt - endedAt, plays });
  if (results.length === data.trials.length) return submit();
  begin();
  say(document.getElementById("number").textContent);
  button.focus();
}

async function submit() {
  sending = true;
  form.elements.result.value = JSON.stringify({ trials: results, starts, page: use(output) });
  say(words.sending);
  render();
  await sendForm(form, { next: data.next, onWait: () => say(words.kept) });
}

button.addEventListener("click", play);
// A choice before the sounds were heard does not happen at all.
form.addEventListener("click", (event) => {
  if (event.target.matches("[name=choice]") && (sending || tooEarly())) event.preventDefault();
});
form.addEventListener("change", (event) => {
  if (!event.target.matches("[name=choice]")) return;
  trial.chosenAt = performance.now();
  say("");
});

listenToKeys({ form, clips: [{ id: "sounds", name: "p" }], play });
begin();
takeOver(form, next);
