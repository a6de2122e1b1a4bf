/** A worked example: sounds to be heard, answers that are given already, and the way on when everything was heard. */

import { listenToKeys } from "../keys.js";
import { markRight } from "../marking.js";
import { Sounds } from "../sounds.js";

const data = JSON.parse(document.getElementById("trial-data").textContent);
const form = document.getElementById("trial");
const send = form.querySelector(".send button");
const message = document.getElementById("message");
const sounds = new Sounds({ form, data, words: data.words, say });

function say(text) {
  if (message.textContent !== text) message.textContent = text;
}

/** How often each sound was heard goes with the form. */
function tellPlays() {
  for (const id of sounds.ids) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = `heard-${id}`;
    field.value = String(sounds.player.timesHeard(id));
    form.append(field);
  }
}

sounds.addEventListener("change", () => send.classList.toggle("early", !sounds.complete));
form.addEventListener("submit", (event) => {
  if (sounds.tooEarly()) event.preventDefault();
  else tellPlays();
});
// Controls that answer in other ways than radio buttons ask whether they may (see questions/may_answer.js).
form.addEventListener("answering", (event) => event.preventDefault());
// Back to a page that was already left: ask the server where the listener is.
addEventListener("pageshow", (event) => event.persisted && location.reload());

markRight(form, data.right);
listenToKeys({ form, clips: data.clips, play: (id) => sounds.play(id) });
sounds.render();
sounds.load();
