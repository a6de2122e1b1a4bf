/** One page of a trial: its sounds, the rule that everything is heard before it is answered, and sending the answer. */

import { Refused } from "./outbox.js";
import { fetchAhead } from "./ahead.js";
import { listener, outbox } from "./listener.js";
import { answersOf, firstUnanswered } from "./answers.js";
import { listenToKeys } from "./keys.js";
import { Sounds } from "./sounds.js";
import { fill } from "./fill.js";

const MOST_PLAYS = 1000; // what the server takes

export class TrialPage {
  #data = JSON.parse(document.getElementById("trial-data").textContent);
  #words = JSON.parse(document.getElementById("trial-words").textContent);
  #form = document.getElementById("trial");
  #send = this.#form.querySelector(".send button");
  #message = document.getElementById("message");
  #left = new AbortController(); // ends what listens outside of the form
  #hidden = { count: 0, ms: 0, since: null };
  #sending = false;
  #onward = null; // the address of the next page, once the answer is saved and feedback is shown
  #goOn;
  #reloaded;
  #sounds;

  /**
   * `goOn(reply)` shows what comes after an acknowledged answer. `startedAt`: the moment of the monotonic clock from which
   * the page was to be seen; `reloaded`: whether it was loaded again.
   */
  constructor({ goOn, startedAt, reloaded }) {
    this.#goOn = goOn;
    this.#reloaded = reloaded;
    this.#sounds = new Sounds({
      form: this.#form,
      data: this.#data,
      words: this.#words,
      say: (text) => this.#say(text),
      mayPlay: () => !this.#sending || this.#onward !== null,
      startedAt,
    });
    this.#listen();
    this.#sounds.render();
    this.#sounds.load();
  }

  /** Let go of everything outside of the page's own part of the document, which is about to be taken out. */
  leave() {
    this.#left.abort();
    this.#sounds.player.stop();
  }

  #listen() {
    const form = this.#form;
    const { signal } = this.#left;
    this.#sounds.addEventListener("change", () => this.#showSend());
    this.#sounds.addEventListener("ready", () => fetchAhead(listener.ahead), { once: true });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    // A choice before everything was heard does not happen at all.
    form.addEventListener("click", (event) => {
      if (event.target.matches("input[type=radio][name]") && this.#mayNot()) event.preventDefault();
    });
    // The same for controls that answer in other ways (see questions/may_answer.js).
    form.addEventListener("answering", (event) => this.#mayNot() && event.preventDefault());
    form.addEventListener("change", () => this.#say(""));
    document.addEventListener("visibilitychange", () => this.#watchTab(), { signal });
    listenToKeys({ form, clips: this.#data.clips, play: (id) => this.#sounds.play(id), signal });
  }

  #mayNot() {
    return this.#sending || this.#sounds.tooEarly();
  }

  #watchTab() {
    const hidden = this.#hidden;
    if (document.hidden) {
      hidden.count += 1;
      hidden.since = performance.now();
    } else if (hidden.since !== null) {
      hidden.ms += performance.now() - hidden.since;
      hidden.since = null;
    }
  }

  /** What is said of an answer after practice stays until the listener goes on. */
  #say(text) {
    if (this.#onward === null && this.#message.textContent !== text) this.#message.textContent = text;
  }

  #showSend() {
    this.#send.classList.toggle("early", this.#onward === null && (!this.#sounds.complete || this.#sending));
  }

  #askAgain() {
    const missing = firstUnanswered(this.#form);
    if (!missing) return false;
    this.#say(fill(this.#words.to_answer, { list: missing.label }));
    missing.control.focus();
    return true;
  }

  #telemetry() {
    const player = this.#sounds.player;
    return {
      plays: player.plays.slice(-MOST_PLAYS),
      ready_ms: player.readyMs,
      first_play_ms: this.#sounds.firstPlay,
      hidden_count: this.#hidden.count,
      hidden_ms: this.#hidden.ms,
      load_failures: player.loadFailures,
      decode_failures: player.decodeFailures,
      play_failures: player.playFailures,
      output_latency_ms: player.latencyMs,
      sample_rate: player.sampleRate,
      reloaded: this.#reloaded,
      language: document.documentElement.lang,
    };
  }

  #timesHeard(id) {
    return Math.min(this.#sounds.player.timesHeard(id), MOST_PLAYS);
  }

  #answer() {
    const { clips, context, assignment, idempotency_key } = this.#data;
    const slots = clips.map(({ id }) => Number(id)).sort((a, b) => a - b);
    return {
      assignment,
      idempotency_key,
      answers: answersOf(this.#form),
      rt_ms: this.#sounds.player.now(),
      plays: slots.map((slot) => this.#timesHeard(String(slot))),
      context_plays: context ? this.#timesHeard("context") : 0,
      telemetry: this.#telemetry(),
    };
  }

  async #submit() {
    if (this.#onward !== null) return location.replace(this.#onward);
    if (this.#sending) return outbox.hurry();
    if (this.#sounds.tooEarly() || this.#askAgain()) return;
    this.#setSending(true);
    this.#say(this.#words.saving);
    this.#sounds.quiet();
    try {
      const reply = await outbox.deliver(this.#data.api, this.#answer(), (lasting) => this.#waits(lasting));
      removeEventListener("beforeunload", warn);
      if (reply.feedback) return this.#tell(reply.feedback, reply.next);
      this.#say(this.#words.saved);
      await this.#goOn(reply);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#refused(error);
    }
  }

  /** Say that the answer is kept and will be sent; what the device cannot keep is lost with the page. */
  #waits(lasting) {
    this.#say(lasting ? this.#words.kept : this.#words.kept_here);
    if (!lasting) addEventListener("beforeunload", warn);
  }

  /** Send what waits from before the page was loaded, then ask the server where the listener is. */
  async sendEarlier() {
    const waiting = await outbox.waiting();
    if (!waiting.length) return;
    this.#setSending(true);
    this.#say(this.#words.earlier);
    try {
      for (const entry of waiting) await outbox.resend(entry, () => this.#say(this.#words.kept));
      this.#say(this.#words.saved);
      location.replace(this.#data.start);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#refused(error);
    }
  }

  /** After practice: say whether it was right, and wait until that was read. */
  #tell({ right, text }, next) {
    this.#say(text);
    this.#message.classList.add("feedback", right ? "right" : "wrong");
    this.#onward = next;
    this.#send.textContent = this.#words.go_on;
    this.#showSend();
  }

  /** The answer stays on the device and on the page; the button does what helps. */
  #refused(error) {
    this.#setSending(false);
    removeEventListener("beforeunload", warn);
    this.#say("");
    const { go_on, try_again, to_start, held, not_taken } = this.#words;
    const toStart = () => location.replace(this.#data.start);
    const ways = {
      answered: [go_on, toStart],
      wrong_stage: [go_on, toStart],
      paused: [try_again, () => this.#submit()],
    };
    const [action, act] = ways[error.code] ?? [to_start, toStart];
    const text = `${error.message} ${error.held ? held : not_taken}`;
    this.#sounds.complain(this.#form.querySelector(".send"), text, action, act);
  }

  /** What is being sent must stay as it is. */
  #setSending(now) {
    this.#sending = now;
    this.#form.classList.toggle("sending", now);
    this.#showSend();
  }
}

function warn(event) {
  event.preventDefault();
}
