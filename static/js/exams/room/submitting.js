// Ending the sitting: by the candidate's button, or because the server agrees that time is up. Never otherwise.

import { byId } from "./html.js";
import { questionsNamed } from "./words.js";

const ASK_AGAIN_MS = 2000;
// The result page shows the result; here it is enough to hear that the sitting has ended.
const NO_RESULT = { Prefer: "return=minimal" };

export class Submitting {
  #isSending = false;
  #isSaidUnsaved = false;

  constructor({ sitting, queue, sender, clock, notices, heartbeat, addresses, close, downloadCopy }) {
    Object.assign(this, { sitting, queue, sender, clock, notices, heartbeat, addresses, close, downloadCopy });
    byId("submit").addEventListener("click", () => this.#submit());
    // What was said of answers on their way is not true for longer than they are.
    queue.addEventListener("change", () => this.#isSaidUnsaved && (queue.waiting.length ? this.#sayUnsaved() : this.#say("")));
  }

  async #submit() {
    if (this.#isSending) return;
    this.#isSending = true;
    this.#busy(true);
    this.#say("");
    if (!(await this.queue.flush())) {
      if (!this.queue.halted) this.#sayUnsaved();
    } else {
      const outcome = await this.sender.send("POST", this.addresses.submit, {}, NO_RESULT);
      if (outcome.kind === "ok" || outcome.kind === "closed") return this.#leave();
      this.#say(outcome.kind === "signed_out" ? "Please sign in again first; your answers are safe." : "We could not reach the server. Your answers are safe; please try again.");
      if (outcome.kind === "signed_out" || outcome.kind === "not_theirs") await this.heartbeat.readAnew();
    }
    this.#isSending = false;
    this.#busy(false);
  }

  async #leave() {
    await this.queue.forget();
    this.queue.close();
    location.assign(this.addresses.result);
  }

  // The countdown reached zero. The answers on their way go first; then the server is asked, until it answers.
  async timeIsUp() {
    if (this.sitting.isClosed || this.sitting.isFrozen) return;
    this.notices.hide("time");
    this.sitting.freeze(true);
    this.notices.show("time-up", { mark: "alarm", title: "Time is up by our last contact", text: "We are asking the server. Everything that was saved counts." });
    if (!(await this.queue.flush()) && !this.sitting.isClosed) this.#offerCopy();
    while (!this.sitting.isClosed) {
      if (this.clock.left() > 0) return this.#goOn();
      const outcome = await this.sender.send("POST", this.addresses.submit, { only_when_time_is_up: true }, NO_RESULT);
      if (outcome.kind === "ok" || outcome.kind === "closed") break;
      if (outcome.body?.server_now) this.clock.sync(outcome.body, outcome.roundTripMs);
      else await this.heartbeat.readAnew();
      if (this.sitting.isClosed || this.clock.left() > 0) continue;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
    this.notices.hide("time-up");
    if (!this.sitting.isClosed) await this.#closeAsStored();
  }

  // The server may stay out of reach for good: what it does not have is the candidate's to take along.
  #offerCopy() {
    this.notices.show("time-up", {
      tone: "caution", mark: "alarm", title: "Time is up by our last contact",
      text: `We cannot reach the server, which does not have what you changed in ${questionsNamed(this.queue.waiting)}. It stays on this device; keep a copy for whoever set this exam.`,
      actions: [["Download a copy", this.downloadCopy]],
    });
  }

  async #closeAsStored() {
    const outcome = await this.sender.send("GET", this.addresses.state);
    this.close({ finished_at: outcome.body?.finished_at ?? null, is_time_up: true });
  }

  #goOn() {
    this.notices.hide("time-up");
    this.sitting.freeze(false);
    this.queue.resume();
    this.notices.show("time", { tone: "positive", mark: "clock", canClose: true, forMs: 20000, title: "You have more time", text: "The clock shows what the server grants you." });
  }

  #busy(isBusy) {
    byId("submit").disabled = isBusy;
    if (isBusy) byId("submit").textContent = "Handing in";
    else this.sitting.dispatchEvent(new CustomEvent("settle", { detail: {} }));
  }

  #sayUnsaved() {
    this.#say(`What you changed in ${questionsNamed(this.queue.waiting)} is not saved yet. We keep trying; please submit when it is.`);
    this.#isSaidUnsaved = true;
  }

  #say(words) {
    this.#isSaidUnsaved = false;
    byId("submit-problem").hidden = !words;
    byId("submit-problem").textContent = words;
  }
}
