// Which view is shown: a question, the review before submitting, or the end. The address keeps it, so a reload stays.

import { byId } from "./html.js";

const VIEWS = ["question", "overview", "ending"];

export class Router extends EventTarget {
  view = null;
  position = null;
  #isAdding = false;

  constructor({ sitting, sender, heartbeat, notices, nextUrl }) {
    super();
    Object.assign(this, { sitting, sender, heartbeat, notices, nextUrl });
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
    sitting.addEventListener("absorb", () => this.#refreshFoot());
  }

  start() {
    if (this.view === "ending") return;
    if (!this.#follow()) this.toQuestion(this.sitting.blanks[0] ?? 1, { quietly: true });
  }

  toQuestion(position, { quietly = false } = {}) {
    if (!this.sitting.has(position) || this.view === "ending") return;
    const state = this.view === "overview" ? "pushState" : "replaceState";
    history[state](null, "", `#question-${position}`);
    this.#showQuestion(position, quietly);
  }

  toQuestions() {
    this.toQuestion(this.position ?? this.sitting.blanks[0] ?? 1);
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
    else if (this.#mayGrow) this.#grow();
    else this.toOverview();
  }

  previous() {
    if (this.position > 1) this.toQuestion(this.position - 1);
  }

  get #mayGrow() {
    const { is_adaptive: isAdaptive, question_target: target } = this.sitting.attempt;
    return Boolean(isAdaptive && this.nextUrl && this.sitting.count < target);
  }

  // An adaptive sitting chooses its next question from the answers so far.
  async #grow() {
    if (this.#isAdding) return;
    this.#isAdding = true;
    byId("next").setAttribute("aria-disabled", "true");
    const wanted = this.position + 1;
    if (await this.heartbeat.queue.flush()) await this.sender.send("POST", this.nextUrl, {});
    await this.heartbeat.readAnew();
    byId("next").removeAttribute("aria-disabled");
    this.#isAdding = false;
    if (this.sitting.has(wanted)) this.toQuestion(wanted);
    else if (this.heartbeat.isReachable) this.toOverview();
    else this.notices.show("next", { tone: "caution", mark: "offline", canClose: true, title: "The next question needs a connection", text: "It is chosen from your answers so far. Please try again in a moment." });
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
    document.title = `Question ${position} of ${this.sitting.count} · Prep`;
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
    byId("to-overview").hidden = view !== "question";
  }

  #refreshFoot() {
    if (this.position === null) return;
    const isFirst = this.position === 1;
    byId("previous").toggleAttribute("aria-disabled", isFirst);
    if (isFirst) byId("previous").setAttribute("aria-disabled", "true");
    const isLast = !this.sitting.has(this.position + 1) && !this.#mayGrow;
    byId("next-label").textContent = isLast ? "Review" : "Next";
  }

  #on(id, act) {
    byId(id).addEventListener("click", (event) => {
      event.preventDefault();
      act();
    });
  }
}
