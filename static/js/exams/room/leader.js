// Adaptive sittings: the next question is chosen on the server from the answers so far, one request for each.

import { byId } from "./html.js";

const WAITS = "Your answers are kept on this device. The next question is chosen from them on our side, so it needs a connection.";

export class Leader {
  #asking = false;
  #wanted = null;

  constructor({ sitting, queue, sender, router, notices, nextUrl, onClosed }) {
    Object.assign(this, { sitting, queue, sender, router, notices, nextUrl, onClosed });
    router.addEventListener("beyond", ({ detail: position }) => this.ask(position));
    router.addEventListener("question", () => this.#give());
    router.addEventListener("overview", () => this.#give());
    // Who pressed Next while offline gets the question when the connection is back.
    addEventListener("online", () => this.#wanted !== null && this.ask(this.#wanted));
  }

  async ask(position) {
    const { selected, select_count: wanted } = this.sitting.question(position);
    if (selected.length < wanted) {
      const text = "It is chosen from your answer. Where you do not know, guess and say so.";
      return this.#tell({ title: wanted > 1 ? `Choose ${wanted} to get the next question` : "Answer this one to get the next question", text });
    }
    if (this.#asking) return;
    this.#busy(true);
    const outcome = (await this.queue.flush()) ? await this.sender.send("POST", this.nextUrl, { after: position }) : { kind: "unreachable" };
    this.#busy(false);
    if (this.router.position !== position || this.router.view !== "question") return;
    if (outcome.kind === "ok") this.#take(outcome.body);
    else if (outcome.kind === "closed") this.onClosed(outcome.body);
    else if (outcome.kind === "unreachable" || outcome.kind === "busy") this.#waitFor(position);
    else this.#tell({ title: "We could not get the next question", text: outcome.body?.detail ?? "Please try again in a moment." });
  }

  #take({ question, question_target: target }) {
    this.#give();
    if (question) {
      this.sitting.absorb([question], this.queue.pendingPositions);
      this.router.toQuestion(question.position);
    } else {
      this.sitting.settleLength(target);
      this.router.toOverview();
      this.notices.announce("That was the last question.");
    }
  }

  #waitFor(position) {
    this.#wanted = position;
    this.#tell({ tone: "caution", mark: "offline", title: "The next question needs the network", text: WAITS, actions: [["Try again", () => this.ask(position)]] });
  }

  #give() {
    this.#wanted = null;
    this.notices.hide("next");
  }

  #tell(notice) {
    this.notices.hide("next");
    this.notices.show("next", notice);
  }

  #busy(isBusy) {
    this.#asking = isBusy;
    byId("next").setAttribute("aria-busy", String(isBusy));
    byId("next-label").textContent = isBusy ? "Choosing" : "Next";
  }
}
