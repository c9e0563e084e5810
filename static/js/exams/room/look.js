// How the room looks on this device: text size, colours, clock shown or not, single-key shortcuts on or off.
// Kept in localStorage where that works; they are no answers, so losing them harms nobody.

const KEY = "prep-look";
const DEFAULTS = { size: "m", scheme: "system", clock: "shown", keys: "on" };

export class Look extends EventTarget {
  #choices = { ...DEFAULTS, ...read() };

  constructor() {
    super();
    this.#apply();
  }

  get(name) {
    return this.#choices[name];
  }

  set(name, value) {
    this.#choices[name] = value;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#choices));
    } catch {
      // It holds for this page, then.
    }
    this.#apply();
    this.dispatchEvent(new CustomEvent("change", { detail: { name, value } }));
  }

  // Names this browser among the devices that have a sitting open. Made once, known to nobody else.
  deviceId(makeId) {
    if (!this.get("device")) this.set("device", makeId());
    return this.get("device");
  }

  #apply() {
    const { dataset } = document.documentElement;
    dataset.textSize = this.get("size");
    if (this.get("scheme") === "system") delete dataset.theme;
    else dataset.theme = this.get("scheme");
  }
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}
