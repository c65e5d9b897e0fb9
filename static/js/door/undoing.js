// The last admission of this phone stands at the bottom of the page, so that it can be taken back when its screen is gone.
export const makeLast = (line, { word }) => {
  const part = (name) => line.querySelector(`[data-last-${name}]`);
  let last = null;

  const say = (name) => {
    part("word").textContent = name === "undone" ? part("word").dataset.undone : word(last.verdict);
  };

  const show = (verdict) => {
    last = verdict;
    line.hidden = false;
    line.dataset.verdict = verdict.verdict;
    say(verdict.verdict);
    part("name").textContent = verdict.name ?? verdict.type ?? "";
    part("undo").hidden = !canUndo(verdict);
  };

  const undo = async ({ scan }) => {
    part("undo").disabled = true;
    const isUndone = await sent(scan);
    part("undo").disabled = false;
    if (last.scan !== scan) return;
    line.dataset.verdict = isUndone ? "undone" : last.verdict;
    say(isUndone ? "undone" : last.verdict);
    part("undo").hidden = isUndone;
    part("failed").hidden = isUndone;
    document.querySelector("[data-announce]").textContent = part(isUndone ? "word" : "failed").textContent;
  };

  part("undo").addEventListener("click", () => undo(last));
  return { show, undo };
};

export const canUndo = ({ verdict, scan, provisional }) => verdict === "come_in" && Boolean(scan) && !provisional;

const sent = async (scan) => {
  try {
    const headers = { Accept: "application/json", "Content-Type": "application/json" };
    const path = `${location.pathname}/admissions/${scan}/undo`;
    return (await fetch(path, { method: "POST", headers, body: "{}", signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
};
