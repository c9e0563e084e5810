// Answers that waited on this device when the sitting ended could not count: they are shown once, with a copy to keep.

import { copyOf, fileOf } from "./room/copy.js";
import { node } from "./room/html.js";
import { openStore } from "./room/store.js";
import { questionsNamed } from "./room/words.js";

const print = document.getElementById("print-report");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => globalThis.print());
}

const { attempt, seal } = document.getElementById("result").dataset;
const store = await openStore();
const kept = await store.entriesOf(attempt);
const late = kept.filter((entry) => entry.isChoice);

if (late.length) {
  const positions = [...new Set(late.map((entry) => entry.position))].sort((a, b) => a - b);
  const url = fileOf(await copyOf(late, attempt, seal));
  const discard = node("button", { class: "button button-plain button-small", type: "button" }, "Delete them here");
  discard.addEventListener("click", async () => {
    await store.change({ remove: kept.map((entry) => entry.save_id) });
    document.getElementById("late-answers").replaceChildren();
  });
  document.getElementById("late-answers").append(node("section", { class: "notice notice-caution late-answers", "aria-label": "Answers that came too late" },
    document.getElementById("late-icon")?.content.firstElementChild.cloneNode(true) ?? "",
    node("div", {},
      node("p", { class: "notice-title" }, "Some answers came too late"),
      node("p", {}, `What you changed in ${questionsNamed(positions)} was still on this device when the sitting ended, and is not part of this result.`),
      node("p", { class: "cluster" }, node("a", { class: "button button-quiet button-small", href: url, download: "answers-not-handed-in.json" }, "Download a copy"), discard))));
} else if (kept.length) {
  await store.change({ remove: kept.map((entry) => entry.save_id) });
}
