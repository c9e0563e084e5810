// “Report a problem with this question”, without leaving the room.

import { byId } from "./html.js";

export function wireReport({ sender, notices, router, reportUrl }) {
  byId("report-open").addEventListener("click", () => {
    byId("report-heading").textContent = `Report a problem with question ${router.position}`;
    byId("report-dialog").showModal();
    byId("report-text").focus();
  });
  byId("report").addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = byId("report-problem");
    problem.hidden = true;
    try {
      const response = await fetch(reportUrl(router.position), {
        method: "POST", credentials: "same-origin", body: new URLSearchParams({ text: byId("report-text").value }),
        headers: { "X-CSRFToken": sender.csrfToken(), Accept: "application/json" },
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.detail);
      byId("report-text").value = "";
      byId("report-dialog").close();
      notices.show("report", { tone: "positive", mark: "check", canClose: true, forMs: 8000, title: "Thank you. The authors will read it", text: "Carry on with the exam." });
    } catch (error) {
      problem.textContent = error instanceof TypeError || error instanceof SyntaxError ? "We could not send it. Please try again in a moment." : error.message;
      problem.hidden = false;
    }
  });
}
