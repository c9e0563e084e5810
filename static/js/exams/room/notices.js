// What the room tells the candidate: one place for banners, one quiet line for screen readers.

import { byId, icon, node } from "./html.js";

export class Notices {
  #shown = new Map();

  // Says something to screen readers only; the same words twice are said twice.
  announce(words) {
    const line = byId("announcer");
    line.textContent = "";
    requestAnimationFrame(() => { line.textContent = words; });
  }

  // One banner per name: showing it again replaces it. Actions are [label, callback].
  show(name, { tone = "", mark = "notice", title, text = "", actions = [], canClose = false, forMs = 0 }) {
    const said = `${title}. ${text}`;
    const before = this.#shown.get(name);
    if (before?.said === said) return;
    this.hide(name);
    const buttons = actions.map(([label, act]) => button(label, "button button-small", act));
    if (canClose) buttons.push(button("Close", "button button-plain button-small", () => this.hide(name)));
    const body = node("div", {}, node("p", { class: "notice-title" }, title), text && node("p", {}, text), buttons.length ? node("p", { class: "cluster" }, buttons) : null);
    const element = node("div", { class: `notice ${tone && `notice-${tone}`}`.trim(), "data-notice": name }, icon(mark), body);
    byId("notices").append(element);
    this.#shown.set(name, { element, said, timer: forMs ? setTimeout(() => this.hide(name), forMs) : null });
    this.announce(said);
  }

  hide(name) {
    const shown = this.#shown.get(name);
    if (!shown) return;
    clearTimeout(shown.timer);
    shown.element.remove();
    this.#shown.delete(name);
  }

  isShown(name) {
    return this.#shown.has(name);
  }
}

function button(label, className, act) {
  const element = node("button", { class: className, type: "button" }, label);
  element.addEventListener("click", act);
  return element;
}
