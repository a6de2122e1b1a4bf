/** The page on which the volume is set against a noise; it can be confirmed once the noise was heard for a while. */

import { Output } from "../screening/output.js";
import { referenceNoise } from "../screening/volume.js";
import { sendForm, takeOver, watchUse } from "./sending.js";
import { fill } from "../fill.js";

const MOST = 1000; // plays that the server takes
const data = JSON.parse(document.getElementById("step-data").textContent);
const words = data.words;
const form = document.getElementById("step");
const button = document.getElementById("play");
const state = document.getElementById("state");
const message = document.getElementById("message");
const confirm = form.querySelector(".send button");

const output = new Output();
const use = watchUse();
const still = matchMedia("(prefers-reduced-motion: reduce)");
const plays = [];
let noise = null;
let ended = null; // resolves with the play that goes on
let waking = false;
let sending = false;

function say(text) {
  if (message.textContent !== text) message.textContent = text;
}

function heard() {
  return plays.reduce((sum, play) => sum + play.heard_s, output.seconds);
}

function render() {
  const enough = heard() >= data.least_heard_s;
  button.dataset.state = output.playing ? "playing" : enough ? "heard" : "unheard";
  button.querySelector("span").textContent = output.playing ? words.stop : words.play;
  drawRing(enough ? 1 : still.matches ? 0 : heard() / data.least_heard_s);
  const text = output.playing ? [words.playing, words.enough] : [words.longer, words.heard];
  if (output.playing || plays.length) state.textContent = text[Number(enough)];
  if (enough && !sending) say("");
  confirm.classList.toggle("early", !enough || sending);
}

function drawRing(share) {
  button.querySelector(".fill").style.strokeDashoffset = String(100 - 100 * share);
}

async function toggle() {
  if (sending || waking) return;
  if (output.playing) return output.stop();
  waking = true;
  const awake = await output.wake();
  waking = false;
  document.getElementById("mono").hidden = !output.mono;
  if (!awake) return say(words.no_sound);
  say("");
  noise ??= referenceNoise({ seed: data.seed, rate: output.rate, loudness: data.loudness });
  ended = output.play(noise, { loop: true });
  const clock = setInterval(render, 100);
  render();
  plays.push(await ended);
  clearInterval(clock);
  render();
}

async function submit() {
  if (sending) return;
  if (heard() === 0) return say(words.play_first);
  const missing = data.least_heard_s - heard();
  if (missing > 0) return say(fill(words.wait, { seconds: Math.ceil(missing) }));
  sending = true;
  output.stop();
  await ended; // the last play is counted too
  const told = plays.slice(-MOST).map(({ at_ms, heard_s }) => ({ at_ms, heard_s }));
  form.elements.result.value = JSON.stringify({ plays: told, page: use(output) });
  say(words.sending);
  render();
  await sendForm(form, { next: data.next, onWait: () => say(words.kept) });
}

button.addEventListener("click", toggle);
render();
takeOver(form, submit);
