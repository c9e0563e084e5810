// Answers that the server has not acknowledged yet, kept on this device so that a reload, a crash or hours offline
// lose nothing. An entry holds ids, marks and the candidate's own note, never a question's words; it is deleted when
// the server acknowledges it, and all entries are deleted at sign-out.
//
// IndexedDB where there is one, localStorage otherwise; where neither works the entries live in this page only
// (`isDurable` is false and the room says so).

const NAME = "prep-room";
const PREFIX = `${NAME}:`;
const OPEN_TIMEOUT_MS = 2000;

export async function openStore() {
  for (const attempt of [IndexedStore.open, LocalStore.open]) {
    try {
      return await attempt();
    } catch {
      // The next kind of storage is tried.
    }
  }
  return new PageStore();
}

class IndexedStore {
  isDurable = true;
  #database;

  constructor(database) {
    this.#database = database;
    // Another tab with a newer page may need to change the database.
    database.onversionchange = () => database.close();
  }

  static open() {
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("storage does not answer")), OPEN_TIMEOUT_MS);
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("entries", { keyPath: "save_id" }).createIndex("attempt", "attempt");
      };
      request.onsuccess = () => resolve(new IndexedStore(request.result));
      request.onerror = request.onblocked = () => reject(request.error ?? new Error("storage is blocked"));
    });
  }

  // Takes out and puts in, both or neither.
  change({ put = [], remove = [] }) {
    return this.#within("readwrite", (entries) => {
      for (const saveId of remove) entries.delete(saveId);
      for (const entry of put) entries.put(entry);
    });
  }

  entriesOf(attempt) {
    return this.#within("readonly", (entries) => entries.index("attempt").getAll(attempt));
  }

  clear() {
    return this.#within("readwrite", (entries) => entries.clear());
  }

  #within(mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction("entries", mode);
      const request = work(transaction.objectStore("entries"));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }
}

class LocalStore {
  isDurable = true;

  static async open() {
    localStorage.setItem(`${PREFIX}probe`, "1");
    localStorage.removeItem(`${PREFIX}probe`);
    return new LocalStore();
  }

  async change({ put = [], remove = [] }) {
    // Put first: if the storage is full, nothing has been taken out.
    for (const entry of put) localStorage.setItem(PREFIX + entry.save_id, JSON.stringify(entry));
    for (const saveId of remove) localStorage.removeItem(PREFIX + saveId);
  }

  async entriesOf(attempt) {
    return this.#all().map(([, entry]) => entry).filter((entry) => entry.attempt === attempt);
  }

  async clear() {
    for (const [key] of this.#all()) localStorage.removeItem(key);
  }

  #all() {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => [key, JSON.parse(localStorage.getItem(key))]);
  }
}

class PageStore {
  isDurable = false;
  #entries = new Map();

  async change({ put = [], remove = [] }) {
    for (const saveId of remove) this.#entries.delete(saveId);
    for (const entry of put) this.#entries.set(entry.save_id, entry);
  }

  async entriesOf(attempt) {
    return [...this.#entries.values()].filter((entry) => entry.attempt === attempt);
  }

  async clear() {
    this.#entries.clear();
  }
}
