// Pacing help: time on this question against an even share, and whether the sitting is on time.
// The stopwatch runs only while the page can be seen. A rehearsal is measured but not helped (`isSilent`).

import { byId } from "./html.js";
import { counted, minutesAndSeconds, wholeMinutes } from "./words.js";

const WORTH_SENDING_S = 3;
// Questions differ in length: a few early or late are still on time.
const TOLERANCE_QUESTIONS = 3;

export class Pace {
  #position = null;
  #since = null;
  #told = 0;
  #seen = new Set();
  #firstPassTold = false;

  constructor({ sitting, queue, clock, notices, isSilent = false }) {
    Object.assign(this, { sitting, queue, clock, notices, isSilent });
    for (const question of sitting.questions) if (question.revision > 0) this.#seen.add(question.position);
    this.#firstPassTold = this.#seen.size >= sitting.count;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#stop() : this.#go()));
    clock.addEventListener("beat", () => this.#refresh());
  }

  // The candidate looks at another question; null: at none.
  turnTo(position) {
    if (position === this.#position) return;
    this.leave();
    this.#position = position;
    if (position === null) return;
    this.#told = this.sitting.question(position).seconds_spent;
    this.#seen.add(position);
    this.#go();
    this.#refresh();
  }

  leave() {
    this.#stop();
    if (this.#position !== null && this.#untold >= WORTH_SENDING_S && !this.sitting.isClosed) {
      this.queue.add(this.#position, {}, { pauseMs: 400 });
    }
    if (!this.#firstPassTold && this.#seen.size >= this.sitting.count && this.clock.isTimed && !this.isSilent) this.#tellFirstPass();
  }

  #go() {
    if (this.#since === null && this.#position !== null && !document.hidden) this.#since = performance.now();
  }

  #stop() {
    if (this.#since === null) return;
    this.#count();
    this.#since = null;
  }

  #count() {
    const now = performance.now();
    const seconds = (now - this.#since) / 1000;
    this.#since = now;
    this.sitting.addSeconds(this.#position, seconds);
  }

  // Seconds at this question that no change has carried yet: every change says how many there were until then.
  get #untold() {
    return this.sitting.question(this.#position).seconds_spent - Math.max(this.#told, this.queue.secondsTold(this.#position));
  }

  get #shareMs() {
    const minutes = this.sitting.attempt.minutes_allowed;
    return minutes ? (minutes * 60000) / this.sitting.count : null;
  }

  #refresh() {
    if (this.#since !== null) this.#count();
    if (this.#position === null || this.#shareMs === null || this.isSilent) return;
    byId("pace").hidden = false;
    const spent = this.sitting.question(this.#position).seconds_spent * 1000;
    byId("pace-question").textContent = `${minutesAndSeconds(spent)} on this question; an even share is ${minutesAndSeconds(this.#shareMs)}.`;
    byId("pace-sitting").textContent = this.#sittingLine();
  }

  #sittingLine() {
    const left = this.clock.left();
    const expected = (this.sitting.attempt.minutes_allowed * 60000 - left) / this.#shareMs;
    const ahead = this.sitting.answeredCount - expected;
    const { answeredCount: answered, count } = this.sitting;
    const open = count - answered;
    const minutes = counted(wholeMinutes(left), "minute", "minutes");
    if (!open) return `Every question is answered, with ${minutes} left.`;
    if (ahead < -TOLERANCE_QUESTIONS) return `${open} open with ${minutes} left: ${minutesAndSeconds(left / open)} for each.`;
    return `${answered} answered with ${minutes} left: ${ahead > TOLERANCE_QUESTIONS ? "ahead of time" : "on time"}.`;
  }

  #tellFirstPass() {
    this.#firstPassTold = true;
    const { flagged, blanks, incomplete } = this.sitting;
    const open = [[flagged, "flagged"], [blanks, "blank"], [incomplete, "incomplete"]].filter(([found]) => found.length).map(([found, word]) => `${found.length} ${word}`);
    this.notices.show("first-pass", {
      tone: "positive", mark: "check", canClose: true, title: "First pass done",
      text: `${open.length ? open.join(", ") : "Nothing flagged or blank"}; ${counted(wholeMinutes(this.clock.left()), "minute", "minutes")} left.`,
    });
  }
}
