// Signing in again without leaving the question. Only the same person: the address is fixed, and the server answers
// “not yours” to everybody else, in which case nothing is sent.

import { byId } from "./html.js";

export class SignIn {
  // isBack(): asks the server whether this sitting is ours again.
  constructor({ sender, notices, isBack, onBack }) {
    Object.assign(this, { sender, notices, isBack, onBack });
    byId("sign-in").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    byId("sign-in-elsewhere").addEventListener("click", () => this.#say("When you are signed in there, come back here; we notice by ourselves."));
    document.addEventListener("visibilitychange", () => !document.hidden && this.#look());
    addEventListener("focus", () => this.#look());
  }

  get #dialog() {
    return byId("sign-in-dialog");
  }

  ask({ isSomebodyElse }) {
    this.#say("");
    if (isSomebodyElse) this.#say("Somebody else is signed in in this browser. These answers are yours, so we keep them here until you sign in.");
    this.notices.show("signed-out", {
      tone: "caution", mark: "lock", title: "Please sign in again to keep saving",
      text: "You stay on this question, and your last answers are kept on this device. The clock runs on.",
      actions: [["Sign in here", () => this.#open()]],
    });
    this.#open();
  }

  #open() {
    if (!this.#dialog.open) this.#dialog.showModal();
    byId("sign-in-password").focus();
  }

  async #look() {
    if (!this.notices.isShown("signed-out")) return;
    if (await this.isBack()) this.#done();
  }

  async #send() {
    const button = byId("sign-in-send");
    button.disabled = true;
    try {
      await this.#submit();
    } catch {
      this.#say("We cannot reach the server. Please try again.");
    } finally {
      button.disabled = false;
    }
  }

  async #submit() {
    const form = byId("sign-in");
    const response = await fetch(form.action, {
      method: "POST", credentials: "same-origin", body: new URLSearchParams(new FormData(form)),
      headers: { "X-CSRFToken": this.sender.csrfToken(), "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
    });
    if (response.status === 429) return this.#say("Too many tries. Please wait a few minutes, or sign in in a new tab.");
    const answer = await response.json();
    if (await this.isBack()) return this.#done();
    const problems = [...(answer.form?.errors ?? []), ...Object.values(answer.form?.fields ?? {}).flatMap((field) => field.errors)];
    if (problems.length) this.#say(problems.join(" "));
    else this.#say("One more step is needed, such as your second factor. Please finish in a new tab and come back.");
  }

  #done() {
    byId("sign-in-password").value = "";
    this.notices.hide("signed-out");
    this.#dialog.close();
    this.onBack();
  }

  #say(words) {
    byId("sign-in-problem").hidden = !words;
    byId("sign-in-problem").textContent = words;
  }
}
