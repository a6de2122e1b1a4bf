/**
 * The sounds of a page and their buttons: what is loading, playing, heard, and still to be heard. Pages with trials and
 * pages with worked examples use it alike.
 *
 * Events: `change` (something loaded, started, ended), `ready` (everything was loaded).
 */

import { Player } from "./player.js";
import { fill } from "./fill.js";

const SLOW_MS = 8000; // after which a page says that it is still loading
const still = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * `data`: clips, context; `words`: those of the page; `say` tells the listener something; `mayPlay` whether sounds may be
 * played now; `startedAt` when the page began (see `Player`).
 */
export class Sounds extends EventTarget {
  #words;
  #names;
  #buttons;
  #toHear = document.getElementById("to-hear");
  #trouble = document.getElementById("trouble");
  #say;
  #mayPlay;
  firstPlay = null;

  constructor({ form, data, words, say, mayPlay = () => true, startedAt = 0 }) {
    super();
    const sounds = data.context ? [data.context, ...data.clips] : data.clips;
    this.#words = words;
    this.#say = say;
    this.#mayPlay = mayPlay;
    this.#names = new Map(sounds.map(({ id, name }) => [id, id === "context" ? this.#words.context : name]));
    this.#buttons = new Map(sounds.map(({ id }) => [id, form.querySelector(`[data-sound="${id}"]`)]));
    this.player = new Player(sounds, startedAt);
    this.player.addEventListener("change", () => this.render());
    this.player.addEventListener("failure", () => this.#sayLoading());
    this.player.addEventListener("stuck", () => say(this.#words.no_sound));
    for (const [id, button] of this.#buttons) button.addEventListener("click", () => this.play(id));
  }

  /** Whether everything was heard, so that the page may be answered. */
  get complete() {
    return this.player.ready && !this.player.unheard.length;
  }

  get ids() {
    return [...this.#buttons.keys()];
  }

  play(id) {
    if (!this.#mayPlay()) return;
    if (!this.player.ready) return this.#say(this.#words.wait);
    if (this.player.playing !== null && this.player.playing !== id) return;
    this.firstPlay ??= this.player.now();
    this.#say("");
    this.player.play(id);
  }

  /** Say what is still to be heard; true if something is. */
  tooEarly() {
    if (!this.player.ready) this.#say(this.#words.wait);
    else if (!this.complete) this.#say(this.#stillToHear());
    return !this.complete;
  }

  async load(options) {
    this.#trouble.hidden = true;
    const slow = setTimeout(() => this.#sayLoading(), SLOW_MS);
    await this.player.load(options);
    clearTimeout(slow);
    if (this.player.ready) return this.dispatchEvent(new Event("ready"));
    this.#toHear.textContent = "";
    const text = fill(this.#words.load_failed, { list: this.#listClips(this.player.failed) });
    this.complain(this.#toHear, text, this.#words.try_again, () => this.load({ again: true }));
  }

  #sayLoading() {
    if (!this.player.ready) this.#toHear.textContent = this.#words.slow;
  }

  /** Say what went wrong beside what it is about, with a button for what can be done. */
  complain(beside, text, action, act) {
    const paragraph = document.createElement("p");
    paragraph.textContent = text;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "second";
    button.textContent = action;
    button.addEventListener("click", act);
    beside.after(this.#trouble);
    this.#trouble.replaceChildren(paragraph, button);
    this.#trouble.hidden = false;
  }

  quiet() {
    this.#trouble.hidden = true;
  }

  render() {
    for (const [id, button] of this.#buttons) this.#renderOne(id, button);
    const text = this.complete ? this.#words.all_heard : this.#stillToHear();
    if (this.player.ready && this.#toHear.textContent !== text) this.#toHear.textContent = text;
    this.#toHear.classList.toggle("complete", this.complete);
    if (this.player.playing !== null && !still.matches) requestAnimationFrame(() => this.#animate());
    this.dispatchEvent(new Event("change"));
  }

  #renderOne(id, button) {
    const state = this.#stateOf(id);
    button.dataset.state = state;
    document.getElementById(`state-${id}`).textContent = this.#words[state];
    const waits = !this.player.ready || (this.player.playing !== null && this.player.playing !== id);
    button.setAttribute("aria-disabled", String(waits));
    drawRing(button, 0);
  }

  /** What stands under a sound's button. */
  #stateOf(id) {
    if (this.player.failed.includes(id)) return "failed";
    if (!this.player.isLoaded(id)) return "loading";
    if (this.player.playing === id) return "playing";
    return this.player.timesHeard(id) ? "heard" : "unheard";
  }

  #animate() {
    const button = this.#buttons.get(this.player.playing);
    if (!button) return;
    drawRing(button, this.player.progress());
    requestAnimationFrame(() => this.#animate());
  }

  #stillToHear() {
    return fill(this.#words.to_hear, { list: this.player.unheard.map((id) => this.#names.get(id)).join(", ") });
  }

  /** Names of sounds where nothing else says that a number is a clip. */
  #listClips(ids) {
    const { context, clip } = this.#words;
    return ids.map((id) => (id === "context" ? context : fill(clip, { name: this.#names.get(id) }))).join(", ");
  }
}

function drawRing(button, share) {
  button.querySelector(".fill").style.strokeDashoffset = String(100 - 100 * share);
}
