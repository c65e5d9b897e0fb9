// The answer, as one screen of one colour with one word. It goes by itself: soon when somebody may pass, late when not.
import { sound } from "./sounds.js";

const STAYS = { come_in: 1600, exit: 1600 };
const STAYS_GROUP = 4000;
const STAYS_REFUSED = 5000;
const TAKEN_OVER = 500;
const UNITS = [["seconds", 1, 120], ["minutes", 60, 7200], ["hours", 3600, Infinity]];

export const canUndo = ({ verdict, scan }) => ["come_in", "exit"].includes(verdict) && Boolean(scan);
const othersOf = ({ verdict, ticket, count, of, provisional }) =>
  (verdict === "come_in" && ticket && !provisional ? Math.max(0, of - count) : 0);

export const makeVerdict = (screen, { onUndo, onGroup }) => {
  const part = (name) => screen.querySelector(`[data-verdict-${name}]`);
  const [undo, group, next] = ["undo", "group", "next"].map(part);
  let shown = null;
  let leaving = 0;

  const word = (name) => screen.querySelector(`[data-word="${name}"]`)?.textContent ?? "";

  const age = (seconds) => {
    const [unit, size] = UNITS.find(([, , upTo]) => seconds < upTo);
    return part("provisional").dataset[unit].replace("{n}", Math.round(seconds / size));
  };

  const lines = ({ verdict, sentence, name, type, count, of, provisional, data_age: seconds }) => ({
    name,
    type,
    count: of > 1 ? part("count").dataset.words.replace("{count}", count).replace("{of}", of) : "",
    sentence: verdict === "come_in" && !provisional ? "" : sentence,
    provisional: provisional ? part("provisional").dataset.words.replace("{age}", age(seconds ?? 0)) : "",
  });

  const put = (name, text) => {
    part(name).textContent = text ?? "";
    part(name).hidden = !text;
  };

  const offer = (others) => {
    const button = group.querySelector("button");
    group.hidden = others < 1;
    button.textContent = others === 1 ? button.dataset.wordsOne : button.dataset.words.replace("{n}", others);
  };

  const hide = () => {
    clearTimeout(leaving);
    screen.hidden = true;
    shown = null;
  };

  const stay = (milliseconds) => {
    clearTimeout(leaving);
    leaving = setTimeout(hide, milliseconds);
  };

  const show = (verdict) => {
    const said = lines(verdict);
    const others = othersOf(verdict);
    shown = { ...verdict, others, at: performance.now() };
    screen.dataset.verdict = verdict.verdict;
    screen.toggleAttribute("data-provisional", Boolean(verdict.provisional));
    for (const [name, text] of Object.entries(said)) put(name, text);
    undo.hidden = !canUndo(verdict);
    offer(others);
    screen.hidden = false;
    sound(verdict.verdict);
    document.querySelector("[data-announce]").textContent =
      [word(verdict.verdict), ...Object.values(said)].filter(Boolean).join(". ");
    stay(others ? STAYS_GROUP : STAYS[verdict.verdict] ?? STAYS_REFUSED);
  };

  const isFree = () => !shown || (shown.verdict in STAYS && performance.now() - shown.at > TAKEN_OVER);

  const act = (form, then) => form.addEventListener("submit", (event) => {
    event.preventDefault();
    const of = shown;
    hide();
    if (of) then(of);
  });

  act(undo, onUndo);
  act(group, onGroup);
  act(next, () => {});
  screen.addEventListener("click", ({ target }) => target.closest("button") || hide());
  addEventListener("keydown", ({ key, target }) => {
    if (shown && (key === "Escape" || (key === "Enter" && !target.value && !target.closest?.("button, a")))) hide();
  });
  // What the server itself answered (a photo, somebody found by name) is on the page already.
  if (!screen.hidden) stay(STAYS_REFUSED);
  return { show, hide, isFree, word };
};
