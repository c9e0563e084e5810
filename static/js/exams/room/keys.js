// The whole exam by keyboard. Single keys act only while nobody is typing, and can be switched off in the help.

import { byId } from "./html.js";

export function listenToKeys({ look, question, router, openHelp }) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    if (event.key === "Escape" && event.target === byId("note")) return done(event, () => byId("question-heading").focus());
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") return done(event, openHelp);
    if (look.get("keys") === "off") return;
    const key = event.key.toLowerCase();
    if (router.view === "question") {
      const index = optionIndex(event);
      if (index !== null) return done(event, () => (event.shiftKey ? question.strike(index) : question.choose(index)));
      const acts = { f: () => question.flag(), s: () => question.strikeFocused(), n: () => router.next(), p: () => router.previous(), r: () => router.toOverview(), w: () => byId("note").focus(), q: () => router.toNavigator() };
      if (acts[key] && !event.shiftKey) return done(event, acts[key]);
    }
    if (router.view === "overview" && key === "p" && !event.shiftKey) done(event, () => router.toQuestions());
  });
}

function done(event, act) {
  event.preventDefault();
  act();
}

function optionIndex(event) {
  const letter = /^Key([A-E])$/.exec(event.code);
  if (/^[a-e]$/i.test(event.key)) return event.key.toLowerCase().charCodeAt(0) - 97;
  if (letter && event.shiftKey) return letter[1].charCodeAt(0) - 65;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (digit && !event.shiftKey) return Number(digit[1]) - 1;
  return null;
}

function isTyping(target) {
  return target.matches?.("textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]");
}

// Dialogs close by their own buttons, by Escape, and by a click beside them.
export function wireDialogs() {
  for (const dialog of document.querySelectorAll("dialog")) {
    for (const close of dialog.querySelectorAll("[data-closes]")) close.addEventListener("click", () => dialog.close());
    if (dialog.id !== "sign-in-dialog") dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }
}

export function wireLook(look) {
  for (const radio of byId("look-dialog").querySelectorAll("input")) {
    radio.checked = look.get(radio.name) === radio.value;
    radio.addEventListener("change", () => look.set(radio.name, radio.value));
  }
  byId("look-open").addEventListener("click", () => byId("look-dialog").showModal());
  const keys = byId("keys-on");
  keys.checked = look.get("keys") === "on";
  keys.addEventListener("change", () => look.set("keys", keys.checked ? "on" : "off"));
}
