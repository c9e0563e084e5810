// Tutored sittings: why a checked answer went wrong, and one's own rule, kept in the mistake log. A rule written when
// the question was missed before comes back here, also where the answer is right now.

import { byId } from "./html.js";
import { dayWords } from "./words.js";

const UNREACHABLE = "We could not reach the server. Your words are still here; please try again in a moment.";

export class OwnRule {
  #position = null;
  #kept = new Map();

  constructor({ sender, ruleUrl }) {
    Object.assign(this, { sender, ruleUrl });
    byId("own-rule-save").addEventListener("click", () => this.#save());
    byId("own-rule").addEventListener("input", () => this.#say(""));
  }

  // position: of a checked answer; null: there is none in front.
  show(position, isMiss = false) {
    if (position === this.#position) return;
    this.#position = position;
    byId("own-rule").hidden = position === null || !isMiss;
    byId("rule-before").hidden = true;
    if (position === null) return;
    this.#fill(this.#kept.get(position) ?? { reason: "", rule: "" });
    this.#say("");
    if (!this.#kept.has(position)) this.#read(position);
  }

  // What was noted before a reload. Nobody's typing is overwritten.
  async #read(position) {
    const answer = await this.#ask(position);
    if (!answer?.ok) return;
    this.#kept.set(position, answer.body);
    if (position === this.#position && !this.#given.rule && !this.#given.reason) this.#fill(answer.body);
  }

  async #save() {
    const position = this.#position;
    byId("own-rule-save").disabled = true;
    const answer = await this.#ask(position, { method: "POST", body: new URLSearchParams(this.#given), headers: { "X-CSRFToken": this.sender.csrfToken() } });
    byId("own-rule-save").disabled = false;
    if (answer?.ok) this.#kept.set(position, answer.body);
    if (position !== this.#position) return;
    this.#say(answer?.ok ? "Kept in your mistake log." : answer?.body?.detail ?? UNREACHABLE, !answer?.ok);
  }

  async #ask(position, { headers = {}, ...more } = {}) {
    try {
      const response = await fetch(this.ruleUrl(position), { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json", ...headers }, ...more });
      return { ok: response.ok, body: await response.json() };
    } catch {
      return null;
    }
  }

  get #given() {
    return { reason: document.querySelector("#own-rule input:checked")?.value ?? "", rule: byId("own-rule-text").value };
  }

  #fill({ reason, rule, written_on: writtenOn = null }) {
    byId("rule-before").hidden = !writtenOn;
    byId("rule-before").textContent = writtenOn ? `Your rule of ${dayWords(writtenOn)}: “${rule}”` : "";
    for (const radio of byId("own-rule").querySelectorAll("input")) radio.checked = radio.value === reason;
    byId("own-rule-text").value = rule;
  }

  #say(words, isProblem = false) {
    byId("own-rule-said").textContent = words;
    byId("own-rule-said").classList.toggle("field-error", isProblem);
  }
}
