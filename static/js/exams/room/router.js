// Which view is shown: a question, the review before submitting, or the end. The address keeps it, so a reload stays.

import { byId } from "./html.js";

const VIEWS = ["question", "overview", "ending"];
// Wide enough for two columns (room_show.css): banners come beside the question, so that none moves it under the pointer.
const WIDE = matchMedia("(min-width: 64rem)");

export class Router extends EventTarget {
  view = null;
  position = null;

  constructor({ sitting }) {
    super();
    this.sitting = sitting;
    this.#on("next", () => this.next());
    this.#on("previous", () => this.previous());
    this.#on("to-overview", () => this.toOverview());
    this.#on("back-to-questions", () => this.toQuestions());
    this.#on("to-navigator", () => {
      byId("navigator-heading").scrollIntoView();
      byId("navigator-heading").focus({ preventScroll: true });
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.('a[href^="#question-"]');
      if (!link || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.toQuestion(Number(link.hash.slice("#question-".length)));
    });
    addEventListener("popstate", () => this.#follow());
    WIDE.addEventListener("change", () => this.#placeNotices());
    sitting.addEventListener("absorb", () => this.#refreshFoot());
  }

  start() {
    if (this.view === "ending") return;
    if (!this.#follow()) this.toQuestion(this.#firstOpen ?? (this.sitting.attempt.is_adaptive ? this.sitting.count : 1), { quietly: true });
  }

  toQuestion(position, { quietly = false } = {}) {
    if (!this.sitting.has(position) || this.view === "ending") return;
    const state = this.view === "overview" ? "pushState" : "replaceState";
    history[state](null, "", `#question-${position}`);
    this.#showQuestion(position, quietly);
  }

  get #firstOpen() {
    return this.sitting.blanks[0] ?? this.sitting.incomplete[0]?.position;
  }

  toQuestions() {
    this.toQuestion(this.position ?? this.#firstOpen ?? 1);
  }

  // By keyboard: onto the place of the question in front, from where Tab leads to its neighbours.
  toNavigator() {
    byId("navigator").querySelector('li:not([hidden]) [aria-current]')?.focus();
  }

  toOverview() {
    if (this.view === "ending") return;
    if (this.view !== "overview") history.pushState(null, "", "#overview");
    this.#showOverview();
  }

  toEnding() {
    this.#show("ending");
  }

  next() {
    if (this.sitting.has(this.position + 1)) this.toQuestion(this.position + 1);
    else if (this.sitting.canGrow) this.dispatchEvent(new CustomEvent("beyond", { detail: this.position }));
    else this.toOverview();
  }

  previous() {
    if (this.position > 1) this.toQuestion(this.position - 1);
  }

  #follow() {
    if (this.view === "ending") return true;
    const asked = /^#question-(\d+)$/.exec(location.hash);
    if (asked && this.sitting.has(Number(asked[1]))) this.#showQuestion(Number(asked[1]), this.view === null);
    else if (location.hash === "#overview") this.#showOverview();
    else return false;
    return true;
  }

  #showQuestion(position, quietly) {
    this.position = position;
    this.#show("question");
    this.#refreshFoot();
    document.title = `Question ${position} of ${this.sitting.lengthWords} · Prep`;
    this.dispatchEvent(new CustomEvent("question", { detail: position }));
    if (quietly) return;
    scrollTo({ top: 0 });
    byId("question-heading").focus({ preventScroll: true });
  }

  #showOverview() {
    this.#show("overview");
    this.dispatchEvent(new CustomEvent("overview"));
    scrollTo({ top: 0 });
    byId("overview-heading").focus({ preventScroll: true });
  }

  #show(view) {
    this.view = view;
    for (const name of VIEWS) byId(`${name}-view`).hidden = name !== view;
    this.#placeNotices();
    byId("to-overview").hidden = view !== "question";
  }

  #placeNotices() {
    if (this.view === null) return;
    const view = byId(`${this.view}-view`);
    const beside = WIDE.matches ? view.querySelector('[data-notices="wide"]') : null;
    (beside ?? view.querySelector("[data-notices]")).append(byId("notices"));
  }

  #refreshFoot() {
    if (this.position === null) return;
    if (this.position === 1) byId("previous").setAttribute("aria-disabled", "true");
    else byId("previous").removeAttribute("aria-disabled");
    const isLast = !this.sitting.has(this.position + 1) && !this.sitting.canGrow;
    byId("next-label").textContent = isLast ? "Review" : "Next";
  }

  #on(id, act) {
    byId(id).addEventListener("click", (event) => {
      event.preventDefault();
      act();
    });
  }
}
