// N and P go through the review, as in the exam room, unless somebody is typing.

const KEYS = { n: "next", p: "previous" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (event.target.matches("textarea, select, input:not([type=radio])")) return;
  const look = JSON.parse(localStorage.getItem("prep-look") ?? "{}");
  if (look.keys !== "off") document.getElementById(KEYS[event.key.toLowerCase()])?.click();
});
