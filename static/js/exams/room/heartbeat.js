// Keeping in step with the server when nothing is being saved: time granted meanwhile, answers changed elsewhere,
// another device, a sitting that has ended. Every half minute, and at once after sleep, a hidden tab, or a reload.

import { elsewhereNotice } from "./status.js";

const EVERY_MS = 30000;
const FRESH_MS = 5000;
const ASK_AGAIN_MS = 2000;

export class Heartbeat extends EventTarget {
  #reading = null;
  #lastReadAt = performance.now();
  #isDoubtful = false;

  constructor({ sitting, queue, sender, clock, notices, tabs, addresses, timeZone, deviceId }) {
    super();
    Object.assign(this, { sitting, queue, sender, clock, notices, tabs, addresses, timeZone, deviceId });
    clock.addEventListener("doubt", () => this.#doubt());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#readIfStale());
    addEventListener("focus", () => this.#readIfStale());
    addEventListener("online", () => this.readAnew());
    addEventListener("pageshow", (event) => event.persisted && this.readAnew());
    queue.addEventListener("saved", ({ detail }) => tabs.say("saved", { answer: { position: detail.position } }));
    queue.addEventListener("refused", () => this.readAnew({ takeAll: true }));
    tabs.addEventListener("saved", () => this.readAnew());
    tabs.addEventListener("others", () => this.#tellOfTabs());
  }

  start(store) {
    setInterval(() => this.#beat(), EVERY_MS);
    this.#beat();
    // A tab that has only just closed may let go of its answers a moment later.
    for (const wait of [1500, 6000]) setTimeout(() => this.adoptOrphans(store), wait);
    addEventListener("online", () => this.adoptOrphans(store));
  }

  async adoptOrphans(store) {
    try {
      const entries = await store.entriesOf(this.sitting.attempt.id);
      const count = this.queue.replay(await this.tabs.orphansAmong(entries));
      if (count) this.notices.announce("Answers that waited on this device are being sent.");
    } catch {
      // A store that cannot be read holds nothing that can be sent.
    }
  }

  // Whether the server answers for this sitting to whoever is signed in now.
  async isOurs() {
    const outcome = await this.sender.send("GET", this.addresses.paper);
    if (outcome.kind === "ok") this.#take(outcome);
    return outcome.kind === "ok";
  }

  async readAnew({ takeAll = false } = {}) {
    this.#reading ??= this.#read(takeAll).finally(() => { this.#reading = null; });
    return this.#reading;
  }

  #readIfStale() {
    if (this.#isDoubtful || performance.now() - this.#lastReadAt > FRESH_MS) this.#beat();
  }

  // The device slept, or its clock was set. Monotonic time may have stood still, so no reading is fresh: the server is
  // asked until it answers, which after sleep may take until the network is back.
  #doubt() {
    if (this.#isDoubtful) return;
    this.#isDoubtful = true;
    this.#settleDoubt();
  }

  async #settleDoubt() {
    if (!document.hidden) await this.#beat();
    if (this.#isDoubtful && !this.sitting.isClosed) setTimeout(() => this.#settleDoubt(), ASK_AGAIN_MS);
  }

  async #read(takeAll) {
    if (this.sitting.isClosed) return;
    const outcome = await this.sender.send("GET", this.addresses.paper);
    this.#note(outcome);
    if (outcome.kind === "ok") this.#take(outcome, takeAll);
  }

  // Small: the clock and the revisions. Only when an answer moved on elsewhere is the whole sitting read.
  async #beat() {
    if (this.sitting.isClosed || document.hidden) return;
    const outcome = await this.sender.send("POST", this.addresses.heartbeat, { device_id: this.deviceId });
    this.#note(outcome);
    if (outcome.kind !== "ok" || !this.#keepTime(outcome)) return;
    this.#tellOfDevices(outcome.body.is_open_elsewhere);
    const { revisions } = outcome.body;
    const waiting = this.queue.pendingPositions;
    const isBehind = this.sitting.questions.some(({ position, revision }) => revisions[position - 1] > revision && !waiting.includes(position));
    if (isBehind || revisions.length > this.sitting.count) await this.readAnew();
  }

  #note(outcome) {
    if (outcome.kind === "ok") this.queue.nudge();
    this.#lastReadAt = performance.now();
    if (outcome.kind === "signed_out" || outcome.kind === "not_theirs") this.#tell(outcome.kind);
  }

  // False when the sitting has ended.
  #keepTime({ body, roundTripMs }) {
    if (body.status !== "in_progress") {
      this.#tell("closed", { finished_at: body.finished_at, is_time_up: body.status === "expired" });
      return false;
    }
    // Paused on another page: this one would go on without a clock.
    if (this.clock.isTimed && body.remaining_ms === null) location.reload();
    this.clock.sync(body, roundTripMs);
    this.#isDoubtful = false;
    if (body.deadline_at) this.#tell("end", { deadlineAt: body.deadline_at, minutesAllowed: body.minutes_allowed });
    return true;
  }

  #take(outcome, takeAll = false) {
    if (!this.#keepTime(outcome)) return;
    const waiting = this.queue.pendingPositions;
    const changed = this.sitting.absorb(outcome.body.questions, waiting, { takeAll });
    if (takeAll) return;
    for (const position of changed) {
      this.notices.show(`elsewhere-${position}`, elsewhereNotice(position, this.sitting.question(position), this.sitting, this.timeZone));
    }
  }

  #tellOfDevices(isElsewhere) {
    if (!isElsewhere || this.tabs.others.size) return this.notices.hide("devices");
    this.notices.show("devices", { mark: "people", canClose: true, title: "This sitting is open on another device too", text: "Both show the same time. If you change an answer in two places, the first one that reaches us stands, and we tell you." });
  }

  #tellOfTabs() {
    if (this.tabs.others.size === 0) return this.notices.hide("tabs");
    this.notices.show("tabs", { mark: "cards", canClose: true, title: "This sitting is open in another tab too", text: "Please answer in one of them. What you change there is shown here as soon as it is saved." });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
