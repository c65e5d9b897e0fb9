// The answer, as one screen of one colour with one word. It goes by itself: soon when somebody may pass, late when not.
import { sound } from "./sounds.js";

const STAYS = { come_in: 1600, exit: 1600 };
const STAYS_REFUSED = 5000;
const TAKEN_OVER = 500;
const UNITS = [["seconds", 1, 120], ["minutes", 60, 7200], ["hours", 3600, Infinity]];

export const makeVerdict = (screen, { onUndo }) => {
  const part = (name) => screen.querySelector(`[data-verdict-${name}]`);
  let shown = null;
  let leaving = 0;

  const put = (name, text) => {
    part(name).textContent = text ?? "";
    part(name).hidden = !text;
  };

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

  const hide = () => {
    clearTimeout(leaving);
    screen.hidden = true;
    shown = null;
  };

  const show = (verdict) => {
    const said = lines(verdict);
    shown = { ...verdict, at: performance.now() };
    screen.dataset.verdict = verdict.verdict;
    screen.toggleAttribute("data-provisional", Boolean(verdict.provisional));
    for (const [name, text] of Object.entries(said)) put(name, text);
    part("undo").hidden = verdict.verdict !== "come_in" || !verdict.scan;
    screen.hidden = false;
    screen.scrollTop = 0;
    sound(verdict.verdict);
    announce([word(verdict.verdict), ...Object.values(said)]);
    clearTimeout(leaving);
    leaving = setTimeout(hide, STAYS[verdict.verdict] ?? STAYS_REFUSED);
  };

  const announce = (sentences) => {
    document.querySelector("[data-announce]").textContent = sentences.filter(Boolean).join(". ");
  };

  const isFree = () => !shown || (shown.verdict in STAYS && performance.now() - shown.at > TAKEN_OVER);

  screen.addEventListener("click", (event) => {
    if (event.target.closest("[data-verdict-undo]")) onUndo(shown);
    hide();
  });
  addEventListener("keydown", ({ key, target }) => {
    if (shown && (key === "Escape" || (key === "Enter" && !target.value && !target.closest?.("button, a")))) hide();
  });
  return { show, hide, isFree, word };
};
