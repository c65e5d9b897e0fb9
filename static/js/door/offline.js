// What the scan page says about its own state: how old the list is, what waits to be sent, what turned out differently.
import * as list from "./list.js";
import { discard } from "./queue.js";
import { start } from "./sync.js";
import { timeOfDay, word } from "./words.js";

const EVERY = 5_000;
const WRONG_CLOCK = 120_000;
const place = document.querySelector("[data-door-words]");
const part = (name) => place.querySelector(`[data-part=${name}]`);
let status = null;

const say = (name, sentence) => {
  const element = part(name);
  if (element.textContent !== sentence) element.textContent = sentence;
  element.hidden = !sentence;
};

const age = (milliseconds) => {
  const minutes = Math.floor(Math.max(0, milliseconds) / 60_000);
  if (minutes < 1) return word("age_now");
  if (minutes < 120) return word("age_minutes", { count: minutes });
  return word("age_hours", { count: Math.floor(minutes / 60) });
};

const sayAge = () => {
  const head = list.facts();
  const old = head && Date.now() - head.asked;
  place.toggleAttribute("data-old", Boolean(head) && old > head.warn_after * 1000);
  say("age", head ? age(old) : word(status?.isReachable ? "list_coming" : "list_missing"));
  say("warning", place.hasAttribute("data-old") ? word("list_old") : "");
  say("clock", head && Math.abs(head.skew) > WRONG_CLOCK ? word("clock_wrong") : "");
};

const letInTwice = (told) => told.filter(({ shown, verdict }) => shown === "come_in" && verdict.verdict === "already_in");

const entry = ({ shown, scanned_at, verdict }) => {
  const item = document.createElement("li");
  const who = [verdict.name, verdict.type].filter(Boolean).join(", ") || word("somebody");
  const isLetIn = shown === "come_in";
  item.textContent = word(isLetIn ? "was_let_in" : "was_refused", {
    who, time: timeOfDay(new Date(scanned_at)), sentence: verdict.sentence,
  });
  return item;
};

const sayTold = (told) => {
  const twice = letInTwice(told).length;
  part("told").hidden = !told.length;
  say("twice", twice ? word("let_in_twice", { count: twice }) : "");
  say("others", told.length > twice ? word("differently", { count: told.length - twice }) : "");
  part("list").replaceChildren(...told.map(entry));
};

const show = ({ detail }) => {
  status = detail;
  place.hidden = false;
  place.toggleAttribute("data-unreachable", !detail.isReachable);
  place.toggleAttribute("data-ended", detail.isEnded);
  say("reach", detail.isEnded ? "" : word(detail.isReachable ? "online" : "offline"));
  say("queue", detail.queue && !detail.isEnded ? word("waiting", { count: detail.queue }) : "");
  part("ended").hidden = !detail.isEnded;
  say("ended_words", word("ended"));
  part("unsent").hidden = !detail.queue;
  say("not_taken", word("not_taken", { count: detail.queue }));
  sayTold(detail.told);
  if (detail.isEnded) for (const name of ["age", "warning", "clock"]) say(name, "");
  else sayAge();
};

document.addEventListener("door:status", show);
setInterval(() => { if (!status?.isEnded) sayAge(); }, EVERY);
place.addEventListener("click", ({ target }) => { if (target.closest("[data-discard]")) discard(target.dataset.discard); });
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/door/sw.js", { scope: "/door/" }).catch(() => say("reach", word("not_kept")));
}
start();
