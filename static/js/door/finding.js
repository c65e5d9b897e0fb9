// Looking for somebody without a code in this phone's own list, while the server's cannot be asked: by name, as
// carneau/tickets/search.py does, or by the reference on paper. `onFound` is told whom to let in.
import * as list from "./list.js";
import { isOutOfReach, slug } from "./reach.js";
import { all } from "./store.js";
import { timeOfDay, word } from "./words.js";

const MOST = 30;
const ALIKE = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[ßæœøłđðþı]/g, (one) => ALIKE[one]);
const wordsOf = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
const bare = (text) => text.toUpperCase().replace(/[^A-Z\d]/g, "");

export const search = (question) => {
  const [wanted, reference] = [wordsOf(question), bare(question)];
  const found = [];
  if (!wanted.length) return found;
  for (const [number, row] of list.everyone()) {
    row.words ??= wordsOf(row.name ?? "");
    const isNamed = wanted.every((each) => row.words.some((one) => one.startsWith(each)));
    if (isNamed || (row.ref && bare(row.ref) === reference)) found.push({ ...row, number });
    if (found.length > MOST) break;
  }
  return found;
};

const GONE = { o: "find_left", x: "find_void", r: "find_refunded" };
const stateOf = ({ state, since, gate }) => {
  if (state !== "i") return GONE[state] ? word(GONE[state]) : "";
  const name = list.gateOf(gate)?.name;
  return word(name ? "inside_by_gate" : "inside", { time: timeOfDay(since), gate: name });
};

export const makeFinder = (place, { onFound }) => {
  const part = (name) => place.querySelector(`[data-finder-${name}]`);
  const [form, says, found] = ["form", "says", "list"].map(part);
  const behind = document.querySelectorAll("[data-view], .desk, .screen-head");
  const show = (isOpen) => {
    place.hidden = !isOpen;
    for (const each of behind) each.inert = isOpen;
  };

  const line = (ticket) => {
    const item = part("line").content.firstElementChild.cloneNode(true);
    const put = (name, text) => { item.querySelector(`[data-${name}]`).textContent = text; };
    put("name", ticket.name);
    put("what", [list.facts().types[ticket.type], ticket.ref].join(" · "));
    put("state", stateOf(ticket));
    const button = item.querySelector("button");
    button.hidden = !(ticket.state === "v" || (ticket.state === "o" && list.facts().reentry));
    put("who", ` ${ticket.name}`);
    button.addEventListener("click", async () => { await onFound(ticket); await look(); });
    return item;
  };

  const look = async () => {
    const question = form.elements.q.value.trim();
    await list.load();
    const seen = new Map((await all("seen", slug)).map((row) => [row.ticket, row]));
    const tickets = list.facts() ? search(question).map((each) => ({ ...each, ...seen.get(each.number) })) : [];
    found.replaceChildren(...tickets.slice(0, MOST).map(line));
    const source = word(!list.facts() ? "list_missing" : isOutOfReach() ? "find_offline" : "find_online");
    const nobody = question && !tickets.length ? word("find_nobody", { q: question }) : "";
    const age = document.querySelector("[data-part=age]").textContent;
    says.textContent = [source, list.facts() ? age : "", nobody, tickets.length > MOST ? word("find_more") : ""].filter(Boolean).join(" ");
  };

  const open = (question = "") => {
    show(true);
    form.elements.q.value = question;
    if (!question) form.elements.q.focus();
    return look();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    look();
  });
  form.elements.q.addEventListener("input", look);
  part("close").addEventListener("click", () => show(false));
  // Before the verdict hears of it: what is on top goes first.
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && document.querySelector("[data-verdict-screen]").hidden) show(false);
  }, true);
  document.querySelector("[data-search]").addEventListener("click", (event) => {
    if (!isOutOfReach()) return;
    event.preventDefault();
    open();
  });
  return { open, isOpen: () => !place.hidden };
};
