// The bar at the top: is everything saved, how much time is left; and the banners that belong to both.

import { byId, icon } from "./html.js";
import { counted, lettersOf, minutesAndSeconds, questionsNamed, timeOfDay, wholeMinutes } from "./words.js";

export class SavedState {
  #was = "";

  constructor({ sitting, queue, timeZone }) {
    Object.assign(this, { sitting, queue, timeZone });
    queue.addEventListener("change", () => this.refresh());
    sitting.addEventListener("close", () => this.refresh());
    this.refresh();
  }

  refresh() {
    const [state, mark, words] = this.#reading();
    const line = byId("saved");
    const signature = state + words;
    if (signature === this.#was) return;
    this.#was = signature;
    line.dataset.state = state;
    line.replaceChildren(icon(mark), words);
  }

  #reading() {
    const { waiting, trouble, halted, savedAt } = this.queue;
    if (waiting.length && (trouble || halted)) {
      return ["unsaved", trouble === "offline" || trouble === "unreachable" ? "offline" : "warning", halted === "closed" ? `${waiting.length} not handed in` : `${waiting.length} not saved yet`];
    }
    if (waiting.length) return ["saving", "refresh", "Saving"];
    if (savedAt) return ["saved", "check", `Saved ${timeOfDay(savedAt, this.timeZone)}`];
    return this.sitting.blanks.length < this.sitting.count ? ["saved", "check", "All saved"] : ["saving", "notice", "Nothing to save yet"];
  }
}

export class TimerView {
  constructor({ clock, look, sitting, timeZone }) {
    Object.assign(this, { clock, look, sitting, timeZone });
    byId("clock-toggle").addEventListener("click", () => look.set("clock", look.get("clock") === "shown" ? "hidden" : "shown"));
    look.addEventListener("change", () => this.#refresh());
    clock.addEventListener("beat", () => this.#refresh());
    this.#refresh();
  }

  #refresh() {
    const left = this.clock.left();
    const timer = byId("timer");
    timer.hidden = left === null || this.sitting.isClosed;
    if (timer.hidden) return;
    const isHidden = this.look.get("clock") === "hidden";
    const state = isHidden ? "hidden" : left <= 60000 ? "last" : left <= 300000 ? "low" : "";
    if (timer.dataset.state !== state) {
      timer.dataset.state = state;
      byId("time-left").hidden = isHidden;
      timer.querySelector(".timer-of").hidden = isHidden;
      byId("clock-toggle").replaceChildren(icon(isHidden ? "show" : "hide"));
      byId("clock-toggle").setAttribute("aria-label", isHidden ? "Show the clock" : "Hide the clock");
    }
    if (isHidden) return;
    const words = minutesAndSeconds(left);
    if (byId("time-left").textContent !== words) byId("time-left").textContent = words;
  }

  // Extra minutes move the end; the clock shows it by itself, the words beside the title follow.
  showEnd({ deadlineAt, minutesAllowed }) {
    byId("ends-at").textContent = `ends at ${timeOfDay(new Date(deadlineAt), this.timeZone).slice(0, 5)}`;
    const standard = Number(byId("timer").dataset.standard);
    const from = standard && minutesAllowed > standard ? ` (from ${standard})` : "";
    byId("timer").querySelector(".timer-of").textContent = `of ${minutesAllowed}${from} min`;
  }
}

export function wireClockNotices({ clock, notices, sitting }) {
  clock.addEventListener("warning", ({ detail: minutes }) => {
    const { blanks, incomplete } = sitting;
    const unfinished = `${counted(incomplete.length, "answer is", "answers are")} incomplete and would count as wrong.`;
    const text = blanks.length ? "Answer the blanks first; a guess costs nothing." : incomplete.length ? unfinished : "Nothing is blank.";
    notices.show("time", { tone: minutes <= 5 ? "caution" : "", mark: "alarm", title: `${counted(minutes, "minute", "minutes")} left.`, text, canClose: true, forMs: 30000 });
  });
}

export function wireQueueNotices({ queue, notices, clock, store, timeZone, sitting, downloadCopy }) {
  // The bar shows it with the time; heard is one word, and only for a choice.
  let isChoiceUnsaid = false;
  queue.addEventListener("saved", ({ detail: { isChoice } }) => {
    isChoiceUnsaid ||= isChoice;
    if (!isChoiceUnsaid || queue.waiting.length) return;
    isChoiceUnsaid = false;
    notices.announce("Saved");
  });
  let mostWaiting = 0;
  queue.addEventListener("change", () => {
    const { waiting, trouble } = queue;
    if (!trouble) return;
    mostWaiting = Math.max(mostWaiting, waiting.length);
    if (waiting.length) notices.show("trouble", { ...troubleNotice(trouble, waiting, store.isDurable, clock.isTimed), actions: [["Download a copy", downloadCopy]] });
  });
  queue.addEventListener("recovered", () => {
    if (!notices.isShown("trouble")) return;
    const settled = () => {
      if (queue.waiting.length || queue.trouble || queue.halted) return;
      queue.removeEventListener("change", settled);
      notices.hide("trouble");
      const left = clock.left();
      const time = left === null ? "" : ` You have ${counted(wholeMinutes(left), "minute", "minutes")} left.`;
      notices.show("recovered", { tone: "positive", mark: "check", canClose: true, forMs: 15000, title: `Back online. ${mostWaiting === 1 ? "Your answer is" : `All ${mostWaiting} answers are`} saved`, text: `Saved at ${timeOfDay(queue.savedAt, timeZone)}.${time}` });
      mostWaiting = 0;
    };
    queue.addEventListener("change", settled);
  });
  queue.addEventListener("yielded", ({ detail: { position, stored, mine } }) => {
    const takeMine = () => {
      notices.hide(`elsewhere-${position}`);
      const fields = { selected: mine, eliminated: sitting.question(position).eliminated.filter((id) => !mine.includes(id)) };
      sitting.restore(position, fields);
      queue.add(position, fields);
    };
    notices.show(`elsewhere-${position}`, elsewhereNotice(position, stored, sitting, timeZone, { mine, takeMine }));
  });
  queue.addEventListener("fragile", () => notices.show("fragile", fragileNotice()));
  if (!store.isDurable) notices.show("fragile", fragileNotice());
  queue.addEventListener("refused", ({ detail: { position, kind, detail } }) => notices.show(`refused-${position}`, {
    tone: "critical", mark: "warning", canClose: true, title: kind === "fixed" ? `Question ${position} is checked and fixed` : `We could not take your change of question ${position}`,
    text: kind === "fixed" ? "An answer cannot change once its reasons are shown." : `${detail} What the server has is shown again.`,
  }));
}

function troubleNotice(trouble, waiting, isDurable, isTimed) {
  const kept = isDurable ? "kept on this device" : "kept in this tab";
  const answers = `Your ${waiting.length === 1 ? "answer" : "answers"} to ${questionsNamed(waiting)} ${waiting.length === 1 ? "is" : "are"} ${kept} and will be sent`;
  const clockRuns = isTimed ? " The clock runs on." : "";
  if (trouble === "busy") return { tone: "caution", mark: "warning", title: "Our server is slow to answer. Carry on.", text: `${answers} as soon as it answers.${clockRuns} Please keep this tab open.` };
  const title = trouble === "offline" ? "You are offline. Carry on." : "We cannot reach our server. Carry on.";
  return { tone: "caution", mark: "offline", title, text: `${answers} as soon as the connection is back.${clockRuns} Please keep this tab open.` };
}

// mine: the choice made here that had to give way, if one was; one press brings it back.
export function elsewhereNotice(position, stored, sitting, timeZone, { mine = null, takeMine = null } = {}) {
  const named = (selected) => lettersOf(sitting.question(position), selected) || "blank";
  const when = stored.answered_at ? `, from ${timeOfDay(new Date(stored.answered_at), timeZone)}` : "";
  const kept = `We kept the newer answer, ${named(stored.selected ?? [])}${when}.`;
  const notice = { mark: "refresh", canClose: true, title: `You changed question ${position} somewhere else` };
  if (mine === null) return { ...notice, text: `${kept} Choose again here if you want another.` };
  return { ...notice, text: `${kept} Here you had ${named(mine)}.`, actions: [[mine.length ? `Take ${named(mine)} after all` : "Leave it blank after all", takeMine]] };
}

function fragileNotice() {
  return { tone: "caution", mark: "warning", canClose: true, title: "This browser keeps nothing", text: "Answers are saved on our side as you give them. But if the connection breaks, they wait in this tab only: please keep it open, and use a window that is not private if you can." };
}

