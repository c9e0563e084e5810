// Review before submit: blanks named by number, flagged, incomplete, what is safe; and the one button that ends it.

import { byId, icon, node } from "./html.js";
import { counted, listed, wholeMinutes } from "./words.js";

const WORDS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];

export class Overview {
  #signature = "";

  constructor({ sitting, queue, clock }) {
    Object.assign(this, { sitting, queue, clock });
    for (const name of ["settle", "adopt", "absorb"]) sitting.addEventListener(name, () => this.refresh());
    queue.addEventListener("change", () => this.refresh());
  }

  show() {
    this.refresh();
    document.title = "Before you submit · Prep";
  }

  refresh() {
    if (byId("overview-view").hidden) return;
    byId("overview-heading").textContent = this.#heading();
    byId("overview-lede").textContent = this.#lede();
    const { blanks, flagged, incomplete } = this.sitting;
    const open = [[blanks, "blank"], [incomplete, "incomplete"]].filter(([found]) => found.length).map(([found, word]) => `${found.length} ${word}`);
    byId("submit").textContent = open.length ? `Submit with ${listed(open)}` : "Submit";
    // Building the rows anew would take the focus away from somebody who is on one of their links.
    const signature = JSON.stringify([this.sitting.canGrow, blanks, flagged, incomplete.map(({ position, selected }) => [position, selected.length]), this.queue.waiting, this.#isStuck]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    byId("overview-rows").replaceChildren(...this.#rows());
  }

  get #isStuck() {
    return Boolean(this.queue.trouble || this.queue.halted);
  }

  #heading() {
    const { blanks, incomplete } = this.sitting;
    if (blanks.length) return `${WORDS[blanks.length] ?? blanks.length} ${blanks.length === 1 ? "question is" : "questions are"} blank`;
    if (incomplete.length) return `${WORDS[incomplete.length] ?? incomplete.length} ${incomplete.length === 1 ? "answer is" : "answers are"} incomplete`;
    return "Every question is answered";
  }

  #lede() {
    const { blanks, incomplete, flagged } = this.sitting;
    const left = this.clock.left();
    const time = left === null ? "" : ` You have ${counted(wholeMinutes(left), "minute", "minutes")}`;
    if (blanks.length || incomplete.length) {
      const rule = blanks.length ? "Blanks count as wrong and a guess costs nothing." : "An incomplete answer counts as wrong.";
      return rule + (time && `${time}.`);
    }
    if (flagged.length) return `${counted(flagged.length, "question is", "questions are")} flagged.${time && `${time} to look again.`}`;
    return `Nothing is flagged.${time && `${time} left.`}`;
  }

  #rows() {
    const { blanks, flagged, incomplete } = this.sitting;
    const rows = [];
    if (this.sitting.canGrow) rows.push(this.#unfinished());
    if (blanks.length) rows.push(row(`${blanks.length} blank`, linked(blanks), go(blanks[0], "button")));
    if (incomplete.length) rows.push(incompleteRow(incomplete));
    if (flagged.length) rows.push(row(`${flagged.length} flagged`, linked(flagged), go(flagged[0], "button button-quiet", "Go through them")));
    rows.push(this.#safety());
    return rows;
  }

  #unfinished() {
    const last = this.sitting.count;
    const words = `${counted(last, "question", "questions")} so far, at most ${this.sitting.attempt.question_target}. You may stop here; the ranges stay wider.`;
    return row("This map is not finished", [words], go(last, "button button-quiet", "Go on"));
  }

  #safety() {
    const answered = this.sitting.answeredCount;
    const { waiting } = this.queue;
    if (!waiting.length) {
      return row(`${answered} answered`, ["all saved on our side"], node("span", { class: "saved" }, icon("check"), "Safe"));
    }
    const state = this.#isStuck ? "unsaved" : "saving";
    const words = state === "saving" ? "Saving" : "Not saved yet";
    return row(`${answered} answered`, [`of which ${waiting.length} still on the way: `, ...linked(waiting)], node("span", { class: "saved", "data-state": state }, icon(state === "saving" ? "refresh" : "offline"), words));
  }
}

function row(title, text, action) {
  return node("li", { class: "spread" }, node("p", {}, node("strong", {}, title), " ", node("span", { class: "soft" }, text)), action);
}

function incompleteRow(incomplete) {
  const [{ position, select_count: wanted, selected }] = incomplete;
  const why = incomplete.length === 1 ? ` asks for ${wanted}, you chose ${selected.length}` : " ask for more than you chose";
  const links = linked(incomplete.map((question) => question.position));
  return row(`${incomplete.length} incomplete`, [...links, why], go(position, "button button-quiet"));
}

function linked(positions) {
  const links = positions.map((position) => node("a", { href: `#question-${position}`, "aria-label": `Question ${position}` }, String(position)));
  const parts = [positions.length === 1 ? "question " : "questions "];
  links.forEach((link, index) => {
    if (index) parts.push(index === links.length - 1 ? " and " : ", ");
    parts.push(link);
  });
  return parts;
}

function go(position, className, label = `Go to question ${position}`) {
  return node("a", { class: `${className} button-small`, href: `#question-${position}` }, label);
}

