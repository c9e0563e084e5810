// What the room tells the candidate: one place for banners, one quiet line for screen readers.

import { byId, icon, node } from "./html.js";

// A line that changes again at once may never be spoken.
const BETWEEN_MS = 1500;

export class Notices {
  #shown = new Map();
  #closed = new Set();
  #toSay = [];
  #isSaying = false;

  // Says something to screen readers only, one after the other; the same words twice are said twice.
  announce(words) {
    if (this.#toSay.at(-1) === words) return;
    this.#toSay.push(words);
    if (!this.#isSaying) this.#sayNext();
  }

  #sayNext() {
    const words = this.#toSay.shift();
    this.#isSaying = words !== undefined;
    if (!this.#isSaying) return;
    byId("announcer").textContent = "";
    requestAnimationFrame(() => { byId("announcer").textContent = words; });
    setTimeout(() => this.#sayNext(), BETWEEN_MS);
  }

  // One banner per name: showing it again replaces it. Actions are [label, callback].
  show(name, { tone = "", mark = "notice", title, text = "", actions = [], canClose = false, forMs = 0 }) {
    const said = `${title.replace(/\.$/, "")}. ${text}`.trim();
    const before = this.#shown.get(name);
    if (before?.said === said || this.#closed.has(name + said)) return;
    this.hide(name);
    const buttons = actions.map(([label, act]) => button(label, "button button-small", act));
    const body = node("div", {}, node("p", { class: "notice-title" }, title), text && node("p", {}, text), buttons.length ? node("p", { class: "cluster" }, buttons) : null);
    const element = node("div", { class: `notice ${tone && `notice-${tone}`}`.trim(), "data-notice": name }, icon(mark), body, canClose ? this.#closeButton(name, said) : null);
    byId("notices").append(element);
    this.#shown.set(name, { element, said, timer: forMs ? setTimeout(() => this.hide(name), forMs) : null });
    this.announce(said);
  }

  // What somebody closed does not come back in the same words.
  #closeButton(name, said) {
    const close = button("", "icon-button notice-close", () => {
      this.#closed.add(name + said);
      this.hide(name);
    });
    close.setAttribute("aria-label", "Close this notice");
    close.append(icon("cross"));
    return close;
  }

  hide(name) {
    const shown = this.#shown.get(name);
    if (!shown) return;
    clearTimeout(shown.timer);
    shown.element.remove();
    this.#shown.delete(name);
  }

  hideAll() {
    for (const name of [...this.#shown.keys()]) this.hide(name);
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
