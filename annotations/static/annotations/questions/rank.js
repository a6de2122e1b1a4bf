/**
 * Rankings: clips put in order by buttons, by arrow keys or by pointer. Neighbours move around the chosen clip, so that
 * it keeps the focus and the pointer. The order counts once something was moved or the listener said that it is right.
 */

import { mayAnswer } from "./may_answer.js";
import { onEachPage } from "./on_each_page.js";

class Ranking {
  #list;
  #confirm;
  #said;
  #dragged = null;
  #before = [];

  constructor(list) {
    const question = list.closest("[data-question]");
    this.#list = list;
    this.#confirm = question.querySelector("[data-confirm]");
    this.#said = question.querySelector("[data-said]");
    list.addEventListener("click", (event) => this.#onClick(event));
    list.addEventListener("keydown", (event) => this.#onKey(event));
    list.addEventListener("pointerdown", (event) => this.#take(event));
    list.addEventListener("pointermove", (event) => this.#drag(event));
    list.addEventListener("pointerup", () => this.#drop());
    list.addEventListener("pointercancel", () => this.#putBack());
    this.#confirm.addEventListener("click", (event) => mayAnswer(this.#confirm) || event.preventDefault());
    this.#confirm.addEventListener("change", () => this.#number());
    this.#number();
  }

  get #items() {
    return [...this.#list.children];
  }

  #onClick(event) {
    const button = event.target.closest("[data-move]");
    if (button) this.#move(button.closest("li"), button.dataset.move === "up" ? -1 : 1);
  }

  #onKey(event) {
    const item = event.target.closest("li");
    const far = this.#items.length;
    const steps = { ArrowUp: -1, ArrowDown: 1, Home: -far, End: far }[event.key];
    if (!item || !steps || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#move(item, steps);
  }

  /** Move a clip by so many places, or as far as the list goes. */
  #move(item, steps) {
    if (!mayAnswer(item)) return;
    const at = this.#items.indexOf(item);
    const to = Math.max(0, Math.min(this.#items.length - 1, at + steps));
    this.#place(item, to);
    if (to !== at) this.#changed();
    this.#say(item);
  }

  #place(item, to) {
    while (this.#items.indexOf(item) > to) item.after(item.previousElementSibling);
    while (this.#items.indexOf(item) < to) item.before(item.nextElementSibling);
  }

  /** A finger drags by the grip, so that the rest of the list still scrolls the page. */
  #take(event) {
    const item = event.target.closest("li");
    const byGrip = event.target.closest(".grip");
    if (!item || event.button !== 0 || event.target.closest("button") || (event.pointerType !== "mouse" && !byGrip)) return;
    event.preventDefault();
    if (!mayAnswer(item)) return;
    this.#list.setPointerCapture(event.pointerId);
    this.#before = this.#items;
    this.#dragged = item;
    item.classList.add("dragged");
  }

  #drag(event) {
    if (!this.#dragged) return;
    const others = this.#items.filter((item) => item !== this.#dragged);
    const middles = others.map((item) => item.getBoundingClientRect()).map((box) => box.top + box.height / 2);
    this.#place(this.#dragged, middles.filter((middle) => middle < event.clientY).length);
    this.#number();
  }

  #drop() {
    const item = this.#dragged;
    if (!item) return;
    this.#letGo();
    if (this.#items.some((each, at) => each !== this.#before[at])) this.#changed();
    this.#say(item);
  }

  /** The browser took the pointer away. */
  #putBack() {
    if (!this.#dragged) return;
    this.#letGo();
    this.#list.append(...this.#before);
    this.#number();
  }

  #letGo() {
    this.#dragged.classList.remove("dragged");
    this.#dragged = null;
  }

  #changed() {
    this.#confirm.checked = true;
    this.#number();
    this.#list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Write each clip's rank beside it and where the page reads it. */
  #number() {
    this.#items.forEach((item, at) => {
      const rank = item.querySelector("input");
      rank.value = String(at + 1);
      rank.toggleAttribute("data-answered", this.#confirm.checked);
      item.querySelector(".place").textContent = rank.value;
      item.querySelector('[data-move="up"]').setAttribute("aria-disabled", String(at === 0));
      item.querySelector('[data-move="down"]').setAttribute("aria-disabled", String(at === this.#items.length - 1));
    });
  }

  #say(item) {
    const place = this.#items.indexOf(item) + 1;
    const values = { name: item.dataset.name, place, count: this.#items.length };
    this.#said.textContent = this.#list.dataset.ranking.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }
}

onEachPage("[data-ranking]", (list) => new Ranking(list));
