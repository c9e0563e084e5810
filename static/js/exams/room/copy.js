// A copy of the answers that the server does not have, as a file: to keep, to hand in from another device while the
// sitting runs, or to give to whoever set the exam. Its seal shows whether the file is still as it was written.

import { CONTENT } from "./sitting.js";

export async function copyOf(entries, attempt, sealKey) {
  const copy = {
    attempt,
    not_handed_in: entries.map(({ position, content, changed_at: changedAt, save_id: saveId, base_revision: base }) => (
      { position, changed_at: changedAt, save_id: saveId, base_revision: base, ...content })),
  };
  const seal = await sealOf(JSON.stringify(copy), sealKey);
  return seal ? { ...copy, seal } : copy;
}

export function fileOf(copy) {
  return URL.createObjectURL(new Blob([JSON.stringify(copy, null, 2)], { type: "application/json" }));
}

export async function download(entries, attempt, sealKey) {
  const url = fileOf(await copyOf(entries, attempt, sealKey));
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: "answers-not-handed-in.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

// Entries for the queue from a copy of this sitting; throws an error whose message can be shown.
export function entriesFrom(text, sitting) {
  let copy = null;
  try {
    copy = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (!Array.isArray(copy?.not_handed_in) || !copy.not_handed_in.every(isAnswer)) throw new Error("This file is not one that the exam room wrote.");
  if (copy.attempt !== sitting.attempt.id) throw new Error("This file belongs to another sitting.");
  const began = Date.now();
  return copy.not_handed_in.filter((answer) => sitting.has(answer.position)).map((answer, index) => {
    const { position, changed_at: changedAt, save_id: saveId, base_revision: base } = answer;
    const content = Object.fromEntries(CONTENT.filter((field) => field in answer).map((field) => [field, answer[field]]));
    return { save_id: saveId, attempt: copy.attempt, seq: began + index, position, base_revision: base, content, isChoice: true, changed_at: changedAt };
  });
}

function isAnswer(answer) {
  return Number.isInteger(answer?.position) && Number.isInteger(answer.base_revision) && typeof answer.save_id === "string"
    && Array.isArray(answer.selected) && (answer.eliminated === undefined || Array.isArray(answer.eliminated));
}

async function sealOf(text, key) {
  // Plain HTTP on another machine's address is no secure context: the copy goes unsealed then.
  if (!crypto.subtle || !key) return null;
  const bytes = new TextEncoder();
  const secret = await crypto.subtle.importKey("raw", bytes.encode(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const seal = new Uint8Array(await crypto.subtle.sign("HMAC", secret, bytes.encode(text)));
  return [...seal].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
