// Answers on their way to the server, in the order in which they were changed.
//
// An entry carries what changed, the revision it was changed from, and a save_id. Once sent it is never altered: its
// outcome may be unknown, so it is repeated with the same save_id until the server answers. What the candidate changes
// meanwhile becomes the question's next entry. Nothing leaves the store before the server acknowledged it.

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30000;
const NOT_A_MARK = ["seconds_spent", "selected"];

export class Queue extends EventTarget {
  #entries = [];
  #running = false;
  #timer = null;
  #failures = 0;
  #lastSeq = 0;
  #isOver = false;
  #secondsTold = new Map();
  #stored = Promise.resolve();

  // trouble: null | "offline" | "unreachable" | "busy"; halted: null | "signed_out" | "not_theirs" | "closed"
  trouble = null;
  halted = null;
  savedAt = null;

  constructor({ sitting, store, sender, clock, answerUrl, tab }) {
    super();
    Object.assign(this, { sitting, store, sender, clock, answerUrl, tab });
    addEventListener("online", () => this.#soon(0));
    addEventListener("offline", () => {
      if (this.#entries.length) this.#inTrouble("offline");
    });
  }

  // Positions whose answer the server does not have yet; time spent alone is no answer.
  get waiting() {
    const positions = this.#entries.filter((entry) => !isOnlyTime(entry)).map((entry) => entry.position);
    return [...new Set(positions)].sort((a, b) => a - b);
  }

  get pendingPositions() {
    return [...new Set(this.#entries.map((entry) => entry.position))];
  }

  // What the last change of this question said of the time spent on it.
  secondsTold(position) {
    return this.#secondsTold.get(position) ?? 0;
  }

  get isEmpty() {
    return this.#entries.length === 0;
  }

  stateOf(position) {
    if (this.waiting.includes(position)) return this.trouble || this.halted ? "unsaved" : "saving";
    return this.sitting.question(position).revision > 0 ? "saved" : "blank";
  }

  // Records a change at once, and sends it after the given pause (for typing).
  add(position, fields, { pauseMs = 0 } = {}) {
    if (this.halted === "closed") return;
    const question = this.sitting.question(position);
    let entry = this.#entries.find((known) => known.position === position && !known.sent);
    if (!entry) {
      this.#lastSeq = Math.max(this.#lastSeq + 1, Date.now());
      entry = {
        save_id: newId(), attempt: this.sitting.attempt.id, tab: this.tab, seq: this.#lastSeq, position,
        base_revision: question.revision, content: {}, isChoice: false, changed_at: this.clock.now().toISOString(), sent: false,
      };
      this.#entries.push(entry);
    }
    entry.isChoice ||= "selected" in fields;
    // The choice always travels along, so that an entry says by itself what the answer is to be.
    this.#secondsTold.set(position, question.seconds_spent);
    Object.assign(entry.content, fields, { selected: question.selected, seconds_spent: Math.round(question.seconds_spent) });
    this.#keep({ put: [entry] });
    this.#tell("change");
    this.#soon(pauseMs);
  }

  // Entries that a page before this one could not send: they go first, unaltered.
  replay(entries) {
    const known = new Set(this.#entries.map((entry) => entry.save_id));
    const fresh = entries.filter((entry) => !known.has(entry.save_id) && this.sitting.has(entry.position));
    for (const entry of fresh) {
      this.#entries.push({ ...entry, tab: this.tab, sent: true });
      this.sitting.restore(entry.position, entry.content);
    }
    this.#entries.sort((a, b) => a.seq - b.seq);
    if (!fresh.length) return 0;
    this.#keep({ put: this.#entries });
    this.#tell("change");
    this.#soon(0);
    return fresh.length;
  }

  // Tries at once, and resolves when nothing waits any more or nothing can be sent.
  async flush() {
    clearTimeout(this.#timer);
    await this.#run();
    return this.waiting.length === 0;
  }

  resume() {
    if (this.#isOver) return;
    this.halted = null;
    this.#tell("change");
    this.#soon(0);
  }

  // The server was heard just now: no need to wait for the next try.
  nudge() {
    if (this.trouble && !this.#running) this.#soon(0);
  }

  // For good: the sitting is final.
  close() {
    this.#isOver = true;
    this.halted = "closed";
    clearTimeout(this.#timer);
  }

  // What never reached the server, for the candidate to see and keep.
  get leftOver() {
    return this.#entries.filter((entry) => !isOnlyTime(entry));
  }

  async forget() {
    const remove = this.#entries.map((entry) => entry.save_id);
    this.#entries = [];
    this.#keep({ remove });
    await this.#stored;
  }

  // The page goes away: what was not sent yet goes out without waiting; it stays in the store until acknowledged.
  sendLast() {
    if (this.halted || this.#running) return;
    for (const entry of this.#entries.slice(0, 8)) {
      entry.sent = true;
      this.sender.sendLast("PUT", this.answerUrl(entry.position), bodyOf(entry));
    }
  }

  #soon(pauseMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), pauseMs);
  }

  async #run() {
    if (this.#running) return this.#running;
    this.#running = this.#drain();
    try {
      await this.#running;
    } finally {
      this.#running = null;
    }
  }

  async #drain() {
    while (this.#entries.length && !this.halted) {
      const entry = this.#entries[0];
      entry.sent = true;
      await this.#stored;
      const outcome = await this.sender.send("PUT", this.answerUrl(entry.position), bodyOf(entry));
      if (!this.#conclude(entry, outcome)) return;
    }
  }

  // Says whether the next entry may go.
  #conclude(entry, outcome) {
    const { kind, body } = outcome;
    if (kind === "unreachable" || kind === "busy") {
      this.#failures += 1;
      this.#inTrouble(kind === "busy" ? "busy" : navigator.onLine ? "unreachable" : "offline");
      this.#soon(Math.max(outcome.retryAfterMs, pauseAfter(this.#failures)));
      return false;
    }
    this.#recovered();
    if (body?.server_now) this.clock.sync(body, outcome.roundTripMs);
    if (kind === "signed_out" || kind === "not_theirs" || kind === "closed") {
      this.halted = kind;
      this.#tell(kind, body);
      this.#tell("change");
      return false;
    }
    if (kind === "conflict") this.#yield(entry, body.answer);
    else if (kind === "ok") this.#acknowledge(entry, body);
    else {
      this.#drop(entry);
      this.#tell("refused", { position: entry.position, kind, detail: body?.detail ?? "" });
    }
    this.#tell("change");
    return true;
  }

  #acknowledge(entry, body) {
    this.savedAt = new Date(body.server_now);
    this.#drop(entry, body.revision);
    this.sitting.settle(entry.position, body.revision);
    this.#tell("saved", { position: entry.position, revision: body.revision, content: entry.content, isChoice: entry.isChoice });
  }

  // Somebody was faster: their choice stands. Marks and notes, which are no choice, are put on top of it.
  #yield(entry, stored) {
    const { position } = entry;
    const later = this.#entries.find((other) => other !== entry && other.position === position);
    const lost = entry.isChoice || Boolean(later?.isChoice);
    const mine = later?.content.selected ?? entry.content.selected;
    const kept = { ...entry.content, ...later?.content };
    delete kept.selected;
    if (lost) delete kept.eliminated;
    kept.seconds_spent = Math.max(kept.seconds_spent ?? 0, stored.seconds_spent ?? 0);
    if (later) this.#drop(later);
    this.#drop(entry);
    const choiceDiffers = this.sitting.adopt(position, stored);
    Object.assign(this.sitting.question(position), kept);
    if (hasMark(kept)) this.add(position, kept);
    if (lost && choiceDiffers) this.#tell("yielded", { position, stored, mine });
  }

  // Takes an entry out; the question's next entry builds on the revision that it became.
  #drop(entry, revision = null) {
    this.#entries = this.#entries.filter((other) => other !== entry);
    const later = this.#entries.find((other) => other.position === entry.position);
    if (later && revision !== null) later.base_revision = Math.max(later.base_revision, revision);
    this.#keep({ remove: [entry.save_id], put: later ? [later] : [] });
  }

  // Writes happen one after another, so that the store never holds an older entry over a newer one.
  #keep(change) {
    const put = (change.put ?? []).map((entry) => structuredClone(entry));
    this.#stored = this.#stored.then(() => this.store.change({ ...change, put })).catch(() => {
      if (this.store.isDurable) this.#tell("fragile");
      this.store.isDurable = false;
    });
  }

  #inTrouble(kind) {
    this.trouble = kind;
    this.#tell("trouble", kind);
    this.#tell("change");
  }

  #recovered() {
    this.#failures = 0;
    const was = this.trouble;
    this.trouble = null;
    if (was) this.#tell("recovered");
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function bodyOf(entry) {
  return { ...entry.content, base_revision: entry.base_revision, save_id: entry.save_id };
}

function isOnlyTime(entry) {
  return !entry.isChoice && !hasMark(entry.content);
}

function hasMark(content) {
  return Object.keys(content).some((field) => !NOT_A_MARK.includes(field));
}

function pauseAfter(failures) {
  const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
  return pause * (0.75 + Math.random() / 2);
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Plain HTTP on another machine's address is no secure context and lacks randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
