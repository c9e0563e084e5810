// The question in front of the candidate: scenario, stem, options, marks, confidence, note.

import { byId, fragmentOf, icon, node, setFlag } from "./html.js";
import { letterOf } from "./words.js";

const NOTE_PAUSE_MS = 900;

export class QuestionView {
  #sitting;
  #queue;
  #notices;
  position = null;

  constructor({ sitting, queue, notices }) {
    this.#sitting = sitting;
    this.#queue = queue;
    this.#notices = notices;
    byId("question").addEventListener("submit", (event) => event.preventDefault());
    byId("flag").addEventListener("click", () => this.flag());
    byId("confidence").addEventListener("change", (event) => this.#change({ confidence: event.target.value }));
    byId("note").addEventListener("input", (event) => this.#change({ note: event.target.value }, NOTE_PAUSE_MS));
    sitting.addEventListener("adopt", ({ detail }) => detail.position === this.position && this.#refresh({ anew: true }));
    for (const name of ["close", "freeze"]) sitting.addEventListener(name, () => this.position !== null && this.#refresh());
  }

  get #isLocked() {
    return this.#sitting.isClosed || this.#sitting.isFrozen;
  }

  get #question() {
    return this.#sitting.question(this.position);
  }

  show(position) {
    this.position = position;
    const question = this.#question;
    const heading = byId("question-heading");
    heading.replaceChildren(`Question ${position} `, node("span", { class: "muted" }, `of ${this.#sitting.lengthWords}`));
    byId("scenario").replaceChildren(fragmentOf(question.scenario_html ?? ""));
    byId("scenario").hidden = !question.scenario_html;
    byId("stem").replaceChildren(...inlineOf(question.stem_html));
    this.#refresh({ anew: true });
  }

  #refresh({ anew = false } = {}) {
    const question = this.#question;
    if (anew) this.#buildOptions(question);
    for (const row of byId("option-list").children) this.#refreshOption(row, question);
    const flag = byId("flag");
    flag.setAttribute("aria-pressed", String(question.flagged));
    flag.lastElementChild.textContent = question.flagged ? "Flagged" : "Flag";
    for (const radio of byId("confidence").querySelectorAll("input")) radio.checked = radio.value === question.confidence;
    const note = byId("note");
    if (document.activeElement !== note || anew) note.value = question.note;
    byId("note-label").textContent = `Scratch note, question ${question.position}`;
    byId("choose").replaceChildren(...this.#chooseLine(question));
    byId("options").disabled = question.is_checked || this.#isLocked;
    byId("confidence-field").hidden = question.is_checked;
    this.#lockIfClosed();
  }

  #chooseLine({ select_count: wanted, selected }) {
    const line = [node("strong", {}, `Choose ${wanted}`)];
    if (wanted > 1) line.push(` · ${selected.length} chosen · all or nothing`);
    return line;
  }

  #buildOptions(question) {
    const focused = document.activeElement?.closest?.("#option-list input")?.value;
    byId("option-list").replaceChildren(...question.options.map((option, index) => this.#optionRow(question, option, index)));
    if (focused) byId("option-list").querySelector(`input[value="${focused}"]`)?.focus();
  }

  #optionRow(question, option, index) {
    const letter = letterOf(index);
    const input = node("input", { type: question.select_count > 1 ? "checkbox" : "radio", name: "option", value: option.id });
    input.addEventListener("change", () => this.#pick(option.id, input.checked));
    const strike = node("button", { class: "icon-button", type: "button", "aria-label": `Strike out option ${letter}` });
    strike.addEventListener("click", () => this.strike(index));
    const text = node("span", { class: "option-text" });
    text.append(...inlineOf(option.html));
    const label = node("label", {}, input, node("span", { class: "option-letter" }, letter), text, node("span", { class: "sr-only" }));
    return node("div", { class: "option", "data-option": option.id }, label, strike);
  }

  #refreshOption(row, question) {
    const id = Number(row.dataset.option);
    const struck = question.eliminated.includes(id);
    row.querySelector("input").checked = question.selected.includes(id);
    setFlag(row, "data-struck", struck);
    row.querySelector("label .sr-only").textContent = struck ? " (struck out)" : "";
    const strike = row.querySelector("button");
    strike.setAttribute("aria-pressed", String(struck));
    strike.replaceChildren(icon(struck ? "undo" : "strike"));
  }

  // By keyboard: the same as a click on the option.
  choose(index) {
    const option = this.#question.options[index];
    if (!option || byId("options").disabled) return;
    const chosen = this.#question.selected.includes(option.id);
    byId("option-list").children[index].querySelector("input").focus();
    if (this.#question.select_count > 1) this.#pick(option.id, !chosen);
    else if (!chosen) this.#pick(option.id, true);
  }

  #pick(id, isOn) {
    const { select_count: wanted, selected, eliminated } = this.#question;
    if (wanted > 1 && isOn && selected.length >= wanted) {
      this.#refresh();
      this.#tooMany(wanted);
      return;
    }
    const others = wanted > 1 ? selected.filter((other) => other !== id) : [];
    const fields = { selected: sorted(isOn ? [...others, id] : others) };
    if (isOn && eliminated.includes(id)) fields.eliminated = eliminated.filter((other) => other !== id);
    this.#change(fields);
    this.#refresh();
  }

  #tooMany(wanted) {
    const words = `You chose ${wanted} already. Take one back first.`;
    byId("choose").replaceChildren(node("strong", { class: "too-many" }, words));
    this.#notices.announce(words);
  }

  strike(index) {
    const option = this.#question.options[index];
    if (!option || byId("options").disabled) return;
    const { selected, eliminated } = this.#question;
    const isOn = !eliminated.includes(option.id);
    const fields = { eliminated: sorted(isOn ? [...eliminated, option.id] : eliminated.filter((id) => id !== option.id)) };
    if (isOn && selected.includes(option.id)) fields.selected = selected.filter((id) => id !== option.id);
    this.#change(fields);
    this.#refresh();
    this.#notices.announce(`Option ${letterOf(index)} ${isOn ? "struck out" : "is back"}`);
  }

  strikeFocused() {
    const row = document.activeElement?.closest?.(".option");
    if (row) this.strike([...byId("option-list").children].indexOf(row));
  }

  flag() {
    if (this.#isLocked) return;
    this.#change({ flagged: !this.#question.flagged });
    this.#refresh();
    this.#notices.announce(this.#question.flagged ? "Flagged" : "Flag taken away");
  }

  #change(fields, pauseMs = 0) {
    this.#sitting.change(this.position, fields);
    this.#queue.add(this.position, fields, { pauseMs });
  }

  #lockIfClosed() {
    for (const element of [byId("note"), byId("flag"), ...byId("confidence").querySelectorAll("input")]) {
      element.disabled = this.#isLocked;
    }
  }
}

function sorted(ids) {
  return ids.toSorted((a, b) => a - b);
}

// A stem and an option are one paragraph of prose inside a label or legend, where only phrases may stand.
function inlineOf(html) {
  const fragment = fragmentOf(html);
  const paragraphs = [...fragment.children];
  return paragraphs.length === 1 && paragraphs[0].tagName === "P" ? [...paragraphs[0].childNodes] : [fragment];
}

// What a place in a list of questions is called: “Question 4, answered, flagged”.
export function questionLabel({ position, selected, flagged, select_count: wanted }, isUnsaved) {
  const words = [selected.length === 0 ? "blank" : selected.length < wanted ? "incomplete" : "answered"];
  if (isUnsaved) words.push("not saved yet");
  if (flagged) words.push("flagged");
  return `Question ${position}, ${words.join(", ")}`;
}
