// A finished sitting has nothing left to send: what this device still keeps of it is deleted. The result page has
// shown it before (result_show.js).

import { openStore } from "./room/store.js";

const store = await openStore();
for (const { dataset } of document.querySelectorAll("#past [data-attempt]")) {
  const entries = await store.entriesOf(dataset.attempt);
  if (entries.length) await store.change({ remove: entries.map((entry) => entry.save_id) });
}
