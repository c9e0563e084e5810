// Tutored sittings: check an answer, and read at once why each option is right or wrong.

import { byId, fragmentOf, icon, node } from "./html.js";
import { OwnRule } from "./own_rule.js";
import { dayWords, letterOf } from "./words.js";

export class Tutor {
  constructor({ sitting, queue, sender, checkUrl, ruleUrl, confusionUrl, notices, onClosed }) {
    Object.assign(this, { sitting, queue, sender, checkUrl, confusionUrl, notices, onClosed, position: null });
    if (!byId("tutor")) return;
    this.ownRule = new OwnRule({ sender, ruleUrl });
    byId("check").addEventListener("click", () => this.#check());
    for (const name of ["change", "adopt", "absorb", "close"]) sitting.addEventListener(name, () => this.refresh());
  }

  at(position) {
    this.position = position;
    this.refresh();
  }

  refresh() {
    if (!byId("tutor") || this.position === null) return;
    const question = this.sitting.question(this.position);
    const isShort = question.selected.length < question.select_count;
    byId("check").hidden = byId("check-help").hidden = question.is_checked || this.sitting.isClosed;
    byId("check").disabled = isShort;
    byId("check-help").textContent = isShort
      ? `Choose ${question.select_count} to check your answer.` : "Checking fixes your answer and shows why.";
    byId("explanation").hidden = !question.explanation;
    byId("option-list").hidden = Boolean(question.explanation);
    this.ownRule.show(question.explanation ? question.position : null, question.explanation?.is_correct === false);
    if (question.explanation) this.#explain(question);
    else if (question.is_checked) this.#check({ quietly: true });
  }

  async #check({ quietly = false } = {}) {
    const { position } = this;
    byId("check").disabled = true;
    // The answer that is checked must be the one on the server.
    if (!(await this.queue.flush())) {
      if (!quietly) this.notices.show("check", { tone: "caution", mark: "offline", canClose: true, title: "Your answer is not saved yet", text: "Checking needs a connection. Please try again in a moment." });
      this.refresh();
      return;
    }
    const outcome = await this.sender.send("POST", this.checkUrl(position), {});
    if (outcome.kind === "ok") {
      this.notices.hide("check");
      this.sitting.explain(position, outcome.body.question);
      if (!quietly && position === this.position) byId("explanation-heading").focus();
    } else if (outcome.kind === "closed") this.onClosed(outcome.body);
    else if (!quietly) {
      this.notices.show("check", { tone: "caution", mark: "notice", canClose: true, title: "We could not check this answer", text: outcome.body?.detail ?? "Please try again in a moment." });
      this.refresh();
    }
  }

  #explain(question) {
    const { explanation } = question;
    byId("explanation-heading").replaceChildren(explanation.is_correct ? "Right" : "Not right this time");
    const letters = new Map(question.options.map((option, index) => [option.id, letterOf(index)]));
    const ordered = question.options.map(({ id }) => explanation.options.find((option) => option.id === id));
    byId("explained-options").replaceChildren(...ordered.map((option) => explainedOption(option, letters.get(option.id), question.selected, this.confusionUrl)));
    byId("sources").replaceChildren(...sources(explanation.references ?? []));
  }
}

function explainedOption(option, letter, selected, confusionUrl) {
  const isChosen = selected.includes(option.id);
  const chips = [];
  if (option.is_key) chips.push(node("span", { class: "chip chip-positive" }, icon("check"), isChosen ? "Right, and your answer" : "Right answer"));
  else if (isChosen) chips.push(node("span", { class: "chip chip-critical" }, icon("cross"), "Your answer"));
  const text = node("div", { class: "option-text" });
  text.append(fragmentOf(option.html));
  const rationale = node("div", { class: "rationale" });
  rationale.append(fragmentOf(option.rationale_html));
  const state = option.is_key ? "key" : isChosen ? "wrong" : null;
  return node("li", { class: "option-read", "data-state": state },
    node("span", { class: "option-letter" }, letter),
    node("div", {}, chips.length ? node("div", { class: "verdict" }, chips) : null, text, rationale, isChosen && !option.is_key ? contrast(option.misconception, confusionUrl) : null));
}

// The pair behind a wrong choice, side by side in a tab of its own: the sitting stays where it is.
function contrast(pair, confusionUrl) {
  if (!pair) return null;
  return node("p", { class: "small" }, "Easily taken for one another: ", node("a", { href: confusionUrl(pair.code), target: "_blank", rel: "noopener" }, pair.name, node("span", { class: "sr-only" }, " (in a new tab)")));
}

function sources(references) {
  if (!references.length) return [];
  const items = references.map(({ url, title, publisher, verified_on: checked }) =>
    node("li", {}, node("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, title), node("span", { class: "muted" }, ` ${publisher}, checked ${dayWords(checked)}`)));
  return [node("h3", {}, "Sources"), node("ul", { class: "refs" }, items)];
}
