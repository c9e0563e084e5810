// What this page believes about the sitting: its questions, the candidate's current answers, and up to which revision
// the server has them. Everybody listens here; nobody else holds answers.

export const CONTENT = ["selected", "eliminated", "flagged", "confidence", "note", "seconds_spent"];

export class Sitting extends EventTarget {
  #byPosition = new Map();

  constructor(attempt) {
    super();
    this.attempt = attempt;
    this.isClosed = false;
    this.isFrozen = false;
    this.#take(attempt.questions);
  }

  #take(questions) {
    for (const question of questions) {
      this.#byPosition.set(question.position, {
        selected: [], eliminated: [], flagged: false, confidence: "", note: "", seconds_spent: 0, revision: 0, is_checked: false, explanation: null,
        ...question,
      });
    }
  }

  get positions() {
    return [...this.#byPosition.keys()].sort((a, b) => a - b);
  }

  get count() {
    return this.#byPosition.size;
  }

  // Adaptive sittings: whether more questions may follow the ones that are here.
  get canGrow() {
    return this.attempt.is_adaptive && !this.isClosed && this.count < this.attempt.question_target;
  }

  // "24", or "at most 30" while nobody knows how many it will be.
  get lengthWords() {
    return this.canGrow ? `at most ${this.attempt.question_target}` : String(this.count);
  }

  // The server settled how many questions there are.
  settleLength(count) {
    this.attempt.question_target = count;
    this.#tell("absorb", {});
  }

  has(position) {
    return this.#byPosition.has(position);
  }

  question(position) {
    return this.#byPosition.get(position);
  }

  get questions() {
    return this.positions.map((position) => this.question(position));
  }

  get blanks() {
    return this.questions.filter((question) => question.selected.length === 0).map((question) => question.position);
  }

  get incomplete() {
    return this.questions.filter(({ selected, select_count: wanted }) => selected.length > 0 && selected.length < wanted);
  }

  get flagged() {
    return this.questions.filter((question) => question.flagged).map((question) => question.position);
  }

  // Complete answers: one of two asked for is none yet.
  get answeredCount() {
    return this.count - this.blanks.length - this.incomplete.length;
  }

  // The candidate did something: fields is any part of an answer.
  change(position, fields) {
    if (this.isClosed || this.isFrozen) return;
    Object.assign(this.question(position), fields);
    this.#tell("change", { position, fields });
  }

  // An answer that this page did not know of yet, on its way to the server.
  restore(position, content) {
    Object.assign(this.question(position), content);
    this.#tell("adopt", { position, choiceDiffers: true });
  }

  addSeconds(position, seconds) {
    this.question(position).seconds_spent += seconds;
  }

  // The server has it.
  settle(position, revision) {
    const question = this.question(position);
    question.revision = Math.max(question.revision, revision);
    this.#tell("settle", { position });
  }

  // The server, or another tab, knows a newer answer. Says whether the choice itself differs from what stood here.
  adopt(position, stored) {
    const question = this.question(position);
    if (stored.revision < question.revision) return false;
    const choiceDiffers = String(question.selected) !== String(stored.selected ?? question.selected);
    for (const field of [...CONTENT, "revision", "is_checked", "explanation"]) {
      if (stored[field] !== undefined) question[field] = stored[field];
    }
    this.#tell("adopt", { position, choiceDiffers });
    return choiceDiffers;
  }

  explain(position, explanation) {
    Object.assign(this.question(position), { is_checked: true, explanation });
    this.#tell("adopt", { position, choiceDiffers: false });
  }

  // A fresh reading of the whole sitting; answers that still wait here are left alone. Returns where the choice changed.
  // takeAll: also where this page believes to be as new, after the server refused a change.
  absorb(questions, waiting, { takeAll = false } = {}) {
    const changed = [];
    this.#take(questions.filter((question) => !this.has(question.position)));
    for (const question of questions) {
      const isNewer = question.revision > this.question(question.position).revision;
      if (waiting.includes(question.position) || !(isNewer || takeAll)) continue;
      if (this.adopt(question.position, question)) changed.push(question.position);
    }
    this.#tell("absorb", {});
    return changed;
  }

  // While the server is asked whether time is up.
  freeze(isFrozen) {
    this.isFrozen = isFrozen;
    this.#tell("freeze", {});
  }

  close() {
    this.isClosed = true;
    this.#tell("close", {});
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
