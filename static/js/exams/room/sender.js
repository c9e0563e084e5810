// One request to the server, and what came of it in the room's words:
//   ok · conflict · closed · fixed · signed_out · not_theirs · refused · busy · unreachable

const TIMEOUT_MS = 10000;

export class Sender {
  #csrfCookie;

  constructor({ csrfCookie }) {
    this.#csrfCookie = csrfCookie;
  }

  async send(method, url, body = undefined, headers = {}) {
    const first = await this.#once(method, url, body, headers);
    // A sign-in in another tab changes the token; it is read from the cookie anew, once.
    return first.body?.code === "csrf_failed" ? this.#once(method, url, body, headers) : first;
  }

  // A last word while the page is going away; nobody waits for the answer.
  sendLast(method, url, body) {
    fetch(url, { ...this.#options(method, body), keepalive: true }).catch(() => {});
  }

  async #once(method, url, body, headers) {
    const began = performance.now();
    const abort = new AbortController();
    const timeout = setTimeout(() => abort.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(url, { ...this.#options(method, body, headers), signal: abort.signal });
      // A reply without a body may still name the type it would have had.
      const isJson = response.status !== 204 && (response.headers.get("Content-Type") ?? "").includes("json");
      const answer = isJson ? await response.json() : null;
      const outcome = { kind: kindOf(response, answer, isJson), status: response.status, body: answer };
      outcome.roundTripMs = performance.now() - began;
      outcome.retryAfterMs = 1000 * Number(response.headers.get("Retry-After") ?? 0);
      return outcome;
    } catch {
      return { kind: "unreachable", status: 0, body: null, roundTripMs: performance.now() - began, retryAfterMs: 0 };
    } finally {
      clearTimeout(timeout);
    }
  }

  #options(method, body, more = {}) {
    const headers = { Accept: "application/json", ...more };
    if (method !== "GET") headers["X-CSRFToken"] = this.csrfToken();
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return {
      method, headers, credentials: "same-origin", cache: "no-store", redirect: "error",
      body: body === undefined ? undefined : JSON.stringify(body),
    };
  }

  csrfToken() {
    const pair = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${this.#csrfCookie}=`));
    return pair ? decodeURIComponent(pair.slice(this.#csrfCookie.length + 1)) : "";
  }
}

function kindOf(response, answer, isJson) {
  // A page where JSON was due is not our server speaking: a hotel's sign-in page, a proxy's error.
  if (response.ok && isJson) return "ok";
  if (response.ok && response.status === 204) return "ok";
  if (response.ok) return "unreachable";
  switch (answer?.code) {
    case "conflict": return "conflict";
    case "attempt_closed": return "closed";
    case "answer_fixed": return "fixed";
    case "csrf_failed": return "signed_out";
  }
  if (response.status === 401) return "signed_out";
  if (response.status === 404) return isJson ? "not_theirs" : "busy";
  if (response.status === 429 || response.status === 408 || response.status >= 500) return "busy";
  return "refused";
}
