// Numbers, times and lists as people read them.

export function counted(n, one, many) {
  return `${n} ${n === 1 ? one : many}`;
}

// "question 21" · "questions 21, 22 and 23"
export function questionsNamed(positions) {
  return `${positions.length === 1 ? "question" : "questions"} ${listed(positions)}`;
}

export function listed(parts) {
  if (parts.length < 2) return String(parts[0] ?? "");
  return `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}

// "101:38": minutes are not folded into hours, as on the exam's own clock.
export function minutesAndSeconds(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function wholeMinutes(ms) {
  return Math.floor(Math.max(0, ms) / 60000);
}

export function letterOf(index) {
  return String.fromCharCode(65 + index);
}

// "A and C", in the order that the candidate sees; empty for none.
export function lettersOf(question, selected) {
  return listed(question.options.map((option, index) => (selected.includes(option.id) ? letterOf(index) : null)).filter(Boolean));
}

// "23 November 2026", from "2026-11-23".
export function dayWords(day) {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

// "14:03:22" in the candidate's own zone, whatever the device believes.
export function timeOfDay(date, timeZone) {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone,
  }).format(date);
}
