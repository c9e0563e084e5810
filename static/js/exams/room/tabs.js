// Other tabs of this browser that have the same sitting open: they hear of every saved answer, and each knows which
// waiting answers belong to a tab that is still alive.

export class Tabs extends EventTarget {
  #channel = null;
  others = new Set();

  constructor(attempt, id) {
    super();
    this.id = id;
    this.lockName = (tab) => `prep-room-tab:${tab}`;
    // Held for as long as the page lives; the browser lets go of it in a crash too.
    navigator.locks?.request(this.lockName(id), () => new Promise(() => {}));
    if (!("BroadcastChannel" in globalThis)) return;
    this.#channel = new BroadcastChannel(`prep-room:${attempt}`);
    this.#channel.onmessage = ({ data: message }) => this.#hear(message);
    this.say("hello");
    addEventListener("pagehide", () => this.say("bye"));
    addEventListener("pageshow", (event) => event.persisted && this.say("hello"));
  }

  say(type, detail = {}) {
    this.#channel?.postMessage({ type, from: this.id, ...detail });
  }

  #hear(message) {
    if (message.type === "hello") this.say("here");
    if (message.type === "hello" || message.type === "here") this.others.add(message.from);
    if (message.type === "bye") this.others.delete(message.from);
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
    this.dispatchEvent(new CustomEvent("others"));
  }

  // Entries whose tab is gone.
  async orphansAmong(entries) {
    const foreign = entries.filter((entry) => entry.tab !== this.id);
    if (!foreign.length) return [];
    if (navigator.locks) {
      const { held } = await navigator.locks.query();
      const alive = new Set(held.map((lock) => lock.name));
      return foreign.filter((entry) => !alive.has(this.lockName(entry.tab)));
    }
    return foreign.filter((entry) => !this.others.has(entry.tab));
  }
}
