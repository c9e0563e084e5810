// The exam room: one page, every question delivered once. This file only puts the parts together; each part says in
// its first lines what it does. The order of things when an answer changes:
//   question → sitting (what is so) → queue (kept on this device) → sender → acknowledged, deleted, “Saved 14:03:22”.

import { Clock } from "./room/clock.js";
import { download } from "./room/copy.js";
import { Ending } from "./room/ending.js";
import { Heartbeat } from "./room/heartbeat.js";
import { byId } from "./room/html.js";
import { listenToKeys, wireDialogs, wireLook } from "./room/keys.js";
import { Leader } from "./room/leader.js";
import { Look } from "./room/look.js";
import { Navigator } from "./room/navigator.js";
import { Notices } from "./room/notices.js";
import { Overview } from "./room/overview.js";
import { Pace } from "./room/pace.js";
import { QuestionView } from "./room/question.js";
import { newId, Queue } from "./room/queue.js";
import { wireHandIn } from "./room/hand_in.js";
import { wireReport } from "./room/report.js";
import { Router } from "./room/router.js";
import { Sender } from "./room/sender.js";
import { SignIn } from "./room/sign_in.js";
import { Sitting } from "./room/sitting.js";
import { SavedState, TimerView, wireClockNotices, wireQueueNotices } from "./room/status.js";
import { openStore } from "./room/store.js";
import { Submitting } from "./room/submitting.js";
import { Tabs } from "./room/tabs.js";
import { Tutor } from "./room/tutor.js";

const look = new Look();
const settings = byId("room-settings").dataset;
const addresses = {
  paper: settings.api,
  state: `${settings.api}state/`,
  answer: (position) => `${settings.api}answers/${position}/`,
  check: (position) => `${settings.api}answers/${position}/check/`,
  heartbeat: `${settings.api}heartbeat/`,
  next: `${settings.api}next/`,
  submit: `${settings.api}submit/`,
  report: (position) => settings.report.replace("/0/", `/${position}/`),
  rule: (position) => settings.rule.replace("/0/", `/${position}/`),
  confusion: (code) => settings.confusion.replace("/x/", `/${code}/`),
  result: settings.result,
};
const { timeZone } = settings;

async function enter() {
  const sitting = new Sitting(JSON.parse(byId("sitting").textContent));
  const clock = new Clock();
  clock.sync(sitting.attempt);
  const notices = new Notices();
  const sender = new Sender({ csrfCookie: settings.csrfCookie });
  const store = await openStore();
  const tabs = new Tabs(sitting.attempt.id, newId());
  const queue = new Queue({ sitting, store, sender, clock, answerUrl: addresses.answer, tab: tabs.id });
  const ending = new Ending({ sitting, queue, timeZone, sealKey: settings.seal });
  const question = new QuestionView({ sitting, queue, notices });
  const overview = new Overview({ sitting, queue, clock });
  const navigator = new Navigator({ sitting, queue, grids: [byId("navigator"), byId("overview-navigator")] });
  const pace = new Pace({ sitting, queue, clock, notices, isSilent: settings.rehearsal !== undefined });
  const heartbeat = new Heartbeat({ sitting, queue, sender, clock, notices, tabs, addresses, timeZone, deviceId: look.deviceId(newId) });
  const router = new Router({ sitting });
  const downloadCopy = () => download(queue.leftOver, sitting.attempt.id, settings.seal);
  const submitting = new Submitting({ sitting, queue, sender, clock, notices, heartbeat, addresses, close, downloadCopy });
  new Leader({ sitting, queue, sender, router, notices, nextUrl: addresses.next, onClosed: close });
  const tutor = new Tutor({ sitting, queue, sender, checkUrl: addresses.check, ruleUrl: addresses.rule, confusionUrl: addresses.confusion, notices, onClosed: close });
  const signIn = new SignIn({ sender, notices, isBack: () => heartbeat.isOurs(), onBack: () => queue.resume() });

  function close({ finished_at: finishedAt = null, is_time_up: isTimeUp = true } = {}) {
    queue.close();
    pace.turnTo(null);
    notices.hideAll();
    sitting.close();
    router.toEnding();
    ending.show({ finishedAt, isTimeUp });
    byId("ending-heading").focus();
  }

  router.addEventListener("question", ({ detail: position }) => {
    question.show(position);
    navigator.at(position);
    pace.turnTo(position);
    tutor.at(position);
  });
  router.addEventListener("overview", () => {
    pace.turnTo(null);
    overview.show();
    navigator.refresh();
    queue.flush();
  });
  // Past the deadline the server takes no answers, but leaves the sitting open for a minute: it is asked to close it.
  queue.addEventListener("closed", ({ detail }) => (detail.status === "in_progress" ? submitting.timeIsUp() : close({ ...detail, is_time_up: detail.status === "expired" })));
  queue.addEventListener("signed_out", () => signIn.ask({ isSomebodyElse: false }));
  queue.addEventListener("not_theirs", () => signIn.ask({ isSomebodyElse: true }));
  heartbeat.addEventListener("signed_out", () => signIn.ask({ isSomebodyElse: false }));
  heartbeat.addEventListener("not_theirs", () => signIn.ask({ isSomebodyElse: true }));
  heartbeat.addEventListener("closed", ({ detail }) => close(detail));
  clock.addEventListener("up", () => submitting.timeIsUp());

  new SavedState({ sitting, queue, timeZone });
  const timer = new TimerView({ clock, look, sitting, timeZone });
  heartbeat.addEventListener("end", ({ detail }) => timer.showEnd(detail));
  wireClockNotices({ clock, notices, sitting });
  wireQueueNotices({ queue, notices, clock, store, timeZone, sitting, downloadCopy });
  wireDialogs();
  wireLook(look);
  byId("pause")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    pace.turnTo(null);
    if (await queue.flush()) event.target.submit();
    else notices.show("pause", { tone: "caution", mark: "offline", canClose: true, title: "Not paused", text: "Pausing needs a connection, so that nothing you answered is left behind. Please try again in a moment." });
  });
  wireHandIn({ sitting, queue, notices });
  wireReport({ sender, notices, router, reportUrl: addresses.report });
  const openHelp = () => byId("help-dialog").showModal();
  byId("help-open").addEventListener("click", openHelp);
  listenToKeys({ look, question, router, openHelp });

  await heartbeat.adoptOrphans(store);
  router.start();
  clock.start();
  heartbeat.start(store);
  addEventListener("pagehide", () => {
    pace.leave();
    queue.sendLast();
  });
  addEventListener("beforeunload", (event) => {
    if (queue.waiting.length && !store.isDurable && !queue.halted) event.preventDefault();
  });
}

enter();
