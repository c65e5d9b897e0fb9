// The last verdict of this phone stands at the bottom of the page, so that it can be taken back when its screen is gone.
import { takeBack } from "./deciding.js";
import { canUndo } from "./verdict.js";

export const makeLast = (line, { word }) => {
  const part = (name) => line.querySelector(`[data-last-${name}]`);
  let last = {};

  const put = (name, text) => {
    line.hidden = false;
    line.dataset.verdict = name;
    part("word").textContent = text;
  };

  const show = (verdict) => {
    last = verdict;
    put(verdict.verdict, word(verdict.verdict));
    part("name").textContent = verdict.name ?? verdict.type ?? verdict.sentence ?? "";
    part("undo").hidden = !canUndo(verdict);
    part("failed").hidden = true;
  };

  const undo = async ({ scan }) => {
    part("undo").disabled = true;
    const isUndone = await takeBack(scan).catch(() => false);
    part("undo").disabled = false;
    if (last.scan !== scan) return;
    if (isUndone) put("undone", part("word").dataset.undone);
    part("undo").hidden = isUndone;
    part("failed").hidden = isUndone;
    document.querySelector("[data-announce]").textContent = part(isUndone ? "word" : "failed").textContent;
  };

  part("undo").addEventListener("click", () => undo(last));
  return { show, undo };
};
