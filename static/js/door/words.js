// What is said without the server, in the words that the page carries in its own language.
import * as list from "./list.js";

const element = document.querySelector("[data-door-words]");
const sentences = JSON.parse(element.dataset.doorWords);
const language = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang;

// `word("inside", { count: 1 })` takes `inside.one` for 1 where there is one.
export const word = (key, values = {}) => {
  const sentence = (values.count === 1 && sentences[`${key}.one`]) || sentences[key];
  return sentence.replace(/\{(\w+)\}/g, (_found, name) => values[name] ?? "");
};

export const timeOfDay = (moment) => new Intl.DateTimeFormat(language, {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: list.facts()?.time_zone,
}).format(moment);

const gateName = (id) => list.gateOf(id)?.name ?? null;

const of_entry = ({ row }) => (row ? "" : word("come_in_unlisted"));
const of_exit = () => word(list.facts().reentry ? "exit" : "exit_for_good");
const of_second_entry = ({ since, before, left }) => {
  const time = since && timeOfDay(since);
  if (left) return word("left", { time });
  const gate = gateName(before);
  if (time && gate) return word("inside_by_gate", { time, gate });
  return word(time ? "inside" : "already_in", { time });
};
const of_refusal = ({ reason, row }) => {
  const takes = (gate) => !gate.is_closed && (!gate.types.length || gate.types.includes(row?.type));
  const open = list.facts()?.gates.filter(takes) ?? [];
  if (reason === "wrong_gate" && open.length) return word("other_gate", { gates: open.map((gate) => gate.name).join(" / ") });
  return word(reason);
};

const SENTENCES = { come_in: of_entry, exit: of_exit, already_in: of_second_entry, not_valid: of_refusal };

// In the form in which the server answers, with how old the list is, in seconds.
export const verdictOf = (judged, scan, row) => {
  const head = list.facts();
  const isOther = judged.reason === "passed_on";
  return {
    verdict: judged.verdict,
    reason: judged.reason ?? null,
    sentence: SENTENCES[judged.verdict]({ ...judged, row }),
    name: isOther ? null : row?.name ?? null,
    type: row ? head.types[row.type] : null,
    count: null,
    of: null,
    when: judged.since ? new Date(judged.since).toISOString() : null,
    gate: gateName(judged.before),
    scan: scan.nonce,
    ticket: null,
    provisional: true,
    data_age: head ? Math.max(0, Math.round((Date.now() - head.asked) / 1000)) : null,
  };
};
