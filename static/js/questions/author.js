/* The live preview beside the author's form.

   What is typed is sent to the server after a short pause; the server renders it with the same rules as the exam
   and answers with both states and the hints of check_bank. The preview lives in a shadow tree, so that the site's
   styles and the admin's do not meet; in there `:root` has no element, so tokens are read as `:host`. */

const PAUSE_MS = 350;
const host = document.getElementById("preview");
const hints = document.getElementById("hints");
const form = document.getElementById("questionversion_form");
const editable = form?.querySelector("textarea[name=stem]") !== null;
const shadow = host.attachShadow({ mode: "open" });
const states = { exam: "", review: "" };
let shown = "exam";
let newest = 0;
let timer;

async function siteStyles() {
  const texts = await Promise.all(host.dataset.styles.split(" ").map(async (url) => (await fetch(url)).text()));
  return texts.map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text.replace(/:root((?:\[[^\]]*\]|:not\([^)]*\))*)/g, (_, more) => (more ? `:host(${more})` : ":host")));
    return sheet;
  });
}

function ownStyles() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; font-family: var(--font); font-size: var(--text-md); line-height: var(--leading); background: var(--paper); color: var(--ink); }
    .sheet { padding: var(--space-5); overflow-wrap: break-word; }
  `);
  return sheet;
}

function followTheme() {
  const theme = document.documentElement.dataset.theme;
  if (theme === "light" || theme === "dark") host.dataset.theme = theme;
  else delete host.dataset.theme;
}

function draw() {
  let sheet = shadow.querySelector(".sheet");
  if (!sheet) {
    sheet = document.createElement("div");
    sheet.className = "sheet";
    shadow.append(sheet);
  }
  sheet.innerHTML = states[shown]; // rendered and sanitised by the server
}

function drawHints(findings) {
  const rows = findings.map(({ weight, field, text }) => {
    const row = document.createElement("li");
    const need = document.createElement("strong");
    need.textContent = weight === "error" ? "Needed: " : "Worth a look: ";
    row.append(need, `${field} ${text}`);
    return row;
  });
  if (!rows.length) {
    const row = document.createElement("li");
    row.textContent = "Nothing to mend.";
    rows.push(row);
  }
  hints.replaceChildren(...rows);
}

async function refresh() {
  const mine = ++newest;
  const request = editable ? { method: "POST", body: new FormData(form) } : {};
  try {
    const answer = await fetch(host.dataset.url, { credentials: "same-origin", ...request });
    if (!answer.ok) throw new Error(String(answer.status));
    const { exam, review, findings } = await answer.json();
    if (mine !== newest) return; // a later keystroke has asked already
    Object.assign(states, { exam, review });
    draw();
    drawHints(findings);
  } catch {
    if (mine === newest) hints.textContent = "The preview cannot be reached. What you write is still here; save as usual.";
  }
}

for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => {
    shown = button.dataset.show;
    for (const other of document.querySelectorAll("[data-show]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    draw();
  });
}

if (editable) {
  for (const event of ["input", "change", "formset:added", "formset:removed"]) {
    form.addEventListener(event, () => {
      clearTimeout(timer);
      timer = setTimeout(refresh, PAUSE_MS);
    });
  }
}

new MutationObserver(followTheme).observe(document.documentElement, { attributeFilter: ["data-theme"] });
followTheme();
shadow.adoptedStyleSheets = [...(await siteStyles()), ownStyles()];
await refresh();
