// N and P go through the review, as in the exam room, unless somebody is typing. The rule that was written when the
// question was missed before is shown, if there is one.

const KEYS = { n: "next", p: "previous" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (event.target.matches("textarea, select, input:not([type=radio])")) return;
  const look = JSON.parse(localStorage.getItem("prep-look") ?? "{}");
  if (look.keys !== "off") document.getElementById(KEYS[event.key.toLowerCase()])?.click();
});

const before = document.getElementById("rule-before");
try {
  const response = before && await fetch(before.dataset.address, { headers: { Accept: "application/json" } });
  const { rule, written_on: writtenOn } = response?.ok ? await response.json() : {};
  if (writtenOn) {
    // Fetched only here, so that the keys work at once.
    const { dayWords } = await import("./room/words.js");
    before.textContent = `Your rule of ${dayWords(writtenOn)}: “${rule}”`;
    before.hidden = false;
  }
} catch {
  // Without it the review is as useful as before.
}
