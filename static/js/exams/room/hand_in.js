// Answers that another device could not send, brought here as a file: they take the same way as this device's own.

import { entriesFrom } from "./copy.js";
import { byId } from "./html.js";
import { questionsNamed } from "./words.js";

export function wireHandIn({ sitting, queue, notices }) {
  const problem = byId("hand-in-problem");
  byId("hand-in-open").addEventListener("click", () => {
    problem.hidden = true;
    byId("hand-in-dialog").showModal();
  });
  byId("hand-in").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const entries = entriesFrom(await byId("hand-in-file").files[0].text(), sitting);
      queue.replay(entries);
      const positions = [...new Set(entries.map((entry) => entry.position))].sort((a, b) => a - b);
      byId("hand-in-dialog").close();
      byId("hand-in").reset();
      const text = positions.length ? `Your answers to ${questionsNamed(positions)} are on their way to us.` : "It holds no answer.";
      notices.show("hand-in", { mark: "check", canClose: true, forMs: 15000, title: "The copy was read", text });
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
  });
}
