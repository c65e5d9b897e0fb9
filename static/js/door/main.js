// The scan page: camera, typed codes and scanners that type, all into one verdict after the other.
import { makeCamera } from "./camera.js";
import { watchChoice } from "./choosing.js";
import { decide, letIn as letInFound } from "./deciding.js";
import { watchLight } from "./dusk.js";
import { listen } from "./field.js";
import { makeFinder } from "./finding.js";
import { letIn } from "./groups.js";
import { findLink } from "./linking.js";
import { note, p95 } from "./pace.js";
import { makeScanner } from "./scanner.js";
import { unlockSounds } from "./sounds.js";
import { watchSun } from "./sunlight.js";
import { makeLast } from "./undoing.js";
import { makeVerdict } from "./verdict.js";
import { stayAwake } from "./wake.js";

const one = (name) => document.querySelector(`[data-${name}]`);
const [view, video, form, torch, others, sun] = ["view", "video", "code-form", "torch", "switch", "sun"].map(one);
const asked = new URL(location.href).searchParams.get("find");
const choice = watchChoice(form);
const verdict = makeVerdict(one("verdict-screen"), {
  onUndo: (shown) => last.undo(shown),
  onGroup: (shown) => inTurn(async () => tell(await letIn(shown, choice()))),
});
const last = makeLast(one("last"), verdict);
let asking = 0;
let turn = Promise.resolve();

const painted = () => new Promise((resolve) => {
  requestAnimationFrame(() => setTimeout(resolve));
  setTimeout(resolve, 100);
});

const tell = (said) => {
  verdict.show(said);
  if (said.verdict !== "unanswered") last.show(said);
  document.body.dispatchEvent(new CustomEvent("scanned", { detail: said }));
};

const unanswered = () => {
  scanner.forget();
  return { verdict: "unanswered", sentence: view.dataset.unanswered };
};

// One after the other, in the order in which they were seen or typed.
const inTurn = (work) => {
  asking += 1;
  view.setAttribute("aria-busy", "true");
  turn = turn.then(work).catch(() => tell(unanswered())).finally(() => {
    asking -= 1;
    view.setAttribute("aria-busy", String(asking > 0));
  });
  return turn;
};

const onCode = (text, since) => inTurn(async () => {
  const link = findLink(text);
  if (link) return location.assign(link);
  tell(await decide(text, choice()));
  await painted();
  note(since);
  tellPace();
});

const tellPace = () => {
  one("pace").hidden = p95() === null;
  one("pace-number").textContent = p95() ?? "";
};

const finder = one("finder") && makeFinder(one("finder"), {
  onFound: (ticket) => inTurn(async () => tell(await letInFound(ticket, choice()))),
});

const isFree = () => asking === 0 && verdict.isFree() && !finder?.isOpen();
const scanner = makeScanner(video, { isFree, onCode, onLight: watchLight(view, torch) });

const press = (button, isPressed) => button.setAttribute("aria-pressed", String(isPressed));

const camera = makeCamera(video, async (state) => {
  view.dataset.camera = state;
  press(torch, false);
  torch.hidden = state !== "live" || !camera.hasTorch();
  others.hidden = state !== "live" || !(await camera.hasOthers());
});

document.body.dataset.running = "";
view.hidden = false;
watchSun(sun);
torch.addEventListener("click", async () => press(torch, await camera.light()));
others.addEventListener("click", camera.change);
view.querySelector("[data-camera-start]").addEventListener("click", () => camera.start());
document.addEventListener("visibilitychange", () => { if (document.hidden) camera.stop(); else camera.start(); });

unlockSounds((isReady) => { one("silent").hidden = isReady; });
listen(form, onCode, finder?.open);
if (asked !== null) finder?.open(asked);
stayAwake();
tellPace();
camera.start();
scanner.run();
