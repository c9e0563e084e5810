// The room after the end: what was handed in, which answers came too late, and a copy of those to keep.

import { copyOf, fileOf } from "./copy.js";
import { byId, node } from "./html.js";
import { counted, lettersOf, questionsNamed, timeOfDay } from "./words.js";

export class Ending {
  #copyUrl = null;

  constructor({ sitting, queue, timeZone, sealKey }) {
    Object.assign(this, { sitting, queue, timeZone, sealKey });
  }

  // finishedAt: as the server says; isTimeUp: the deadline ended it, not the candidate.
  show({ finishedAt, isTimeUp }) {
    const late = this.queue.leftOver;
    const lost = new Set(late.filter((entry) => entry.isChoice).map((entry) => entry.position));
    const handedIn = this.sitting.questions.filter((question) => question.selected.length && !lost.has(question.position)).length;
    const until = finishedAt ? ` Everything up to ${timeOfDay(new Date(finishedAt), this.timeZone)} counts.` : "";
    byId("ending-heading").textContent = `${isTimeUp ? "Time is up." : "This sitting is over."} Your ${counted(handedIn, "answer is", "answers are")} handed in`;
    byId("ending-lede").textContent = `${until} ${blankLine(this.sitting.count - handedIn)}`.trim();
    document.title = "Handed in · Prep";
    byId("late").hidden = late.length === 0;
    if (late.length) this.#showLate(late);
  }

  #showLate(late) {
    const positions = [...new Set(late.map((entry) => entry.position))].sort((a, b) => a - b);
    byId("late-heading").textContent = `${counted(positions.length, "change", "changes")} came too late`;
    byId("late-lede").textContent = `What you changed in ${questionsNamed(positions)} had not reached us when the time was up, and is not part of your result. The copy is yours, for instance to show it to whoever set this exam.`;
    byId("late-rows").replaceChildren(...late.map((entry) => this.#lateRow(entry)));
    this.#offerCopy(late);
  }

  async #offerCopy(late) {
    URL.revokeObjectURL(this.#copyUrl);
    this.#copyUrl = fileOf(await copyOf(late, this.sitting.attempt.id, this.sealKey));
    byId("late-download").href = this.#copyUrl;
  }

  #lateRow(entry) {
    const answer = entry.isChoice ? lettersOf(this.sitting.question(entry.position), entry.content.selected) || "blank" : "mark or note only";
    return node("tr", {}, node("th", { scope: "row" }, String(entry.position)), node("td", {}, answer), node("td", { class: "num" }, timeOfDay(new Date(entry.changed_at), this.timeZone)));
  }
}

function blankLine(blanks) {
  return blanks ? `${counted(blanks, "question was", "questions were")} left blank.` : "";
}
