/**
 * Shows which of the three sounds is heard: its box is marked while it sounds, the ring fills (unless motion is
 * unwanted), and words say it. A screen reader gets the words in the silence before a sound, so that they do not cover
 * it.
 */

import { fill } from "../fill.js";

const TICK_MS = 40;

export class Sounding {
  #form;
  #output;
  #words;
  #clock = null;
  #still = matchMedia("(prefers-reduced-motion: reduce)");

  constructor({ form, output, words }) {
    this.#form = form;
    this.#output = output;
    this.#words = words;
  }

  /** `intervals`: [{start, end}, …], seconds of the sound that has just begun. */
  follow(intervals) {
    const latency = (this.#output.device.output_latency_ms ?? 0) / 1000;
    const tick = () => {
      const at = this.#output.seconds - latency;
      this.#mark(intervals.findIndex(({ start, end }) => start <= at && at < end));
      this.#announce(intervals.findIndex(({ end }) => at < end));
      this.#drawRing(Math.max(0, at) / intervals.at(-1).end);
    };
    tick();
    this.#clock = setInterval(tick, TICK_MS);
  }

  end() {
    clearInterval(this.#clock);
    this.#mark(-1);
    this.#announce(-1);
    this.#drawRing(0);
  }

  #mark(which) {
    this.#form.querySelectorAll("[data-position]").forEach((box, at) => {
      box.classList.toggle("sounding", at === which);
    });
    if (which >= 0) this.#say("state", which);
  }

  #announce(which) {
    if (which >= 0) this.#say("sounding", which);
    else document.getElementById("sounding").textContent = "";
  }

  #say(id, which) {
    const place = document.getElementById(id);
    const text = fill(this.#words.sounding, { number: which + 1 });
    if (place.textContent !== text) place.textContent = text;
  }

  #drawRing(share) {
    if (this.#still.matches && share) return;
    this.#form.querySelector(".ring .fill").style.strokeDashoffset = String(100 - 100 * share);
  }
}
