// The grid of all questions: where the candidate is, what is answered, incomplete, blank, flagged, not saved; with a
// filter. An answer with fewer options than asked for is as open as a blank.

import { byId, node, setFlag } from "./html.js";
import { questionLabel } from "./question.js";

const NONE = { blank: "No question is blank or incomplete.", flagged: "No question is flagged.", unsaved: "Every answer is saved." };

export class Navigator {
  #filter = "all";

  constructor({ sitting, queue, grids }) {
    Object.assign(this, { sitting, queue, grids, current: null });
    byId("navigator-filter").addEventListener("change", (event) => {
      this.#filter = event.target.value;
      this.refresh();
    });
    for (const name of ["change", "settle", "adopt", "absorb"]) sitting.addEventListener(name, () => this.refresh());
    queue.addEventListener("change", () => this.refresh());
  }

  at(position) {
    this.current = position;
    this.refresh();
  }

  refresh() {
    for (const grid of this.grids) {
      // Nobody sees it: it is built when its view opens.
      if (grid.closest("[hidden]")) continue;
      while (grid.children.length < this.sitting.count) grid.append(node("li", {}, node("a", {})));
      this.sitting.questions.forEach((question, index) => this.#refreshPlace(grid, grid.children[index], question));
    }
    const shown = [...byId("navigator").children].some((place) => !place.hidden);
    byId("navigator-empty").hidden = shown;
    byId("navigator-empty").textContent = shown ? "" : NONE[this.#filter];
    byId("answered-count").textContent = this.sitting.canGrow
      ? `${this.sitting.answeredCount} answered` : `${this.sitting.answeredCount} of ${this.sitting.count} answered`;
  }

  #refreshPlace(grid, place, question) {
    const isUnsaved = this.queue.stateOf(question.position) === "unsaved";
    const state = isUnsaved ? "unsaved" : stateOf(question);
    const link = place.firstElementChild;
    const signature = [state, question.flagged, stateOf(question)].join();
    if (link.dataset.signature !== signature) {
      link.dataset.signature = signature;
      link.href = `#question-${question.position}`;
      link.dataset.state = state;
      setFlag(link, "data-flagged", question.flagged);
      link.textContent = String(question.position);
      link.setAttribute("aria-label", questionLabel(question, isUnsaved));
    }
    if (grid.id !== "navigator") return;
    if (question.position === this.current) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
    place.hidden = !this.#passes(question, state);
  }

  #passes(question, state) {
    if (this.#filter === "blank") return stateOf(question) !== "answered";
    if (this.#filter === "flagged") return question.flagged;
    if (this.#filter === "unsaved") return state === "unsaved";
    return true;
  }
}

function stateOf({ selected, select_count: wanted }) {
  if (selected.length === 0) return "blank";
  return selected.length < wanted ? "incomplete" : "answered";
}
