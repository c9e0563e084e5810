// Time left, counted from what the server last said. The device's wall clock never decides anything: it only betrays
// that the device slept (monotonic time may stop then), which makes the room ask the server again.

export const NOTICES_AT_MINUTES = [30, 10, 5, 1];
const SLEPT_MS = 3000;
// A reply's time is taken to be that of half its way. One that was longer under way, as when this page was stopped
// before it could read it, may be wrong by half of that.
const SLOW_MS = 2000;

export class Clock extends EventTarget {
  #remainingMs = null;
  #syncedAt = 0;
  #serverNow = 0;
  #lastTick = null;
  #lastLeft = null;
  #upTold = false;

  // remainingMs: null when the sitting has no clock. roundTripMs: how long the answer was under way.
  sync({ remaining_ms: remainingMs, server_now: serverNow }, roundTripMs = 0) {
    this.#remainingMs = remainingMs ?? null;
    this.#syncedAt = performance.now() - roundTripMs / 2;
    if (serverNow) this.#serverNow = Date.parse(serverNow);
    if (this.left() !== 0) this.#upTold = false;
    if (roundTripMs > SLOW_MS) this.#tell("doubt");
    this.#beat();
  }

  get isTimed() {
    return this.#remainingMs !== null;
  }

  get sinceSyncMs() {
    return performance.now() - this.#syncedAt;
  }

  left() {
    if (this.#remainingMs === null) return null;
    return Math.max(0, this.#remainingMs - this.sinceSyncMs);
  }

  // Now, by the server's clock.
  now() {
    return new Date(this.#serverNow ? this.#serverNow + this.sinceSyncMs : Date.now());
  }

  start() {
    this.#lastTick = { wall: Date.now(), steady: performance.now() };
    setInterval(() => this.#beat(), 250);
  }

  #beat() {
    const tick = { wall: Date.now(), steady: performance.now() };
    if (this.#lastTick) {
      const drift = tick.wall - this.#lastTick.wall - (tick.steady - this.#lastTick.steady);
      if (Math.abs(drift) > SLEPT_MS) this.#tell("doubt");
    }
    this.#lastTick = tick;
    const left = this.left();
    if (left !== null) {
      for (const minutes of NOTICES_AT_MINUTES) {
        const mark = minutes * 60000;
        if (this.#lastLeft !== null && this.#lastLeft > mark && left <= mark && left > 0) this.#tell("warning", minutes);
      }
      if (left === 0 && !this.#upTold) {
        this.#upTold = true;
        this.#tell("up");
      }
    }
    this.#lastLeft = left;
    this.#tell("beat", left);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
