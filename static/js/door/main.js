// The scan page: camera, typed codes and scanners that type, all into one verdict after the other.
import { makeCamera } from "./camera.js";
import { watchChoice } from "./choosing.js";
import { decide } from "./deciding.js";
import { listen } from "./field.js";
import { note, p95 } from "./pace.js";
import { recall, remember } from "./remembering.js";
import { makeScanner } from "./scanner.js";
import { unlockSounds } from "./sounds.js";
import { makeLast } from "./undoing.js";
import { makeVerdict } from "./verdict.js";
import { stayAwake } from "./wake.js";

const one = (name) => document.querySelector(`[data-${name}]`);
const [view, video, form, tools] = ["view", "video", "code-form", "tools"].map(one);
const choice = watchChoice(form);
const verdict = makeVerdict(one("verdict-screen"), { onUndo: (shown) => last.undo(shown) });
const last = makeLast(one("last"), verdict);
let asking = 0;
let turn = Promise.resolve();

const painted = () => new Promise((resolve) => {
  requestAnimationFrame(() => setTimeout(resolve));
  setTimeout(resolve, 100);
});

const answer = async (text, since) => {
  let said;
  try {
    said = await decide(text, choice());
  } catch {
    said = { verdict: "unanswered", sentence: view.dataset.unanswered };
    scanner.forget();
  }
  verdict.show(said);
  await painted();
  note(since);
  tellPace();
  if (said.verdict !== "unanswered") last.show(said);
  document.body.dispatchEvent(new CustomEvent("scanned", { detail: said }));
};

// One after the other, in the order in which they were seen or typed.
const onCode = (text, since) => {
  asking += 1;
  view.ariaBusy = "true";
  turn = turn.then(() => answer(text, since)).finally(() => {
    asking -= 1;
    view.ariaBusy = String(asking > 0);
  });
  return turn;
};

const tellPace = () => {
  const milliseconds = p95();
  one("pace").hidden = milliseconds === null;
  one("pace-number").textContent = milliseconds ?? "";
};

const scanner = makeScanner(video, { isFree: () => asking === 0 && verdict.isFree(), onCode });

const camera = makeCamera(video, async (state) => {
  view.dataset.camera = state;
  one("torch").hidden = state !== "live" || !camera.hasTorch();
  one("torch").ariaPressed = "false";
  one("switch").hidden = state !== "live" || !(await camera.hasOthers());
});

const putLook = (look) => {
  document.documentElement.dataset.look = look;
  one("sun").ariaPressed = String(look === "sun");
  remember("look", look);
};

for (const element of [view, tools]) element.hidden = false;
one("torch").addEventListener("click", async () => { one("torch").ariaPressed = String(await camera.light()); });
one("switch").addEventListener("click", camera.change);
one("sun").addEventListener("click", () => putLook(document.documentElement.dataset.look === "sun" ? "" : "sun"));
for (const button of document.querySelectorAll("[data-camera-start]")) {
  button.addEventListener("click", () => camera.start());
}
document.addEventListener("visibilitychange", () => { if (document.hidden) camera.stop(); else camera.start(); });

putLook(recall("look") ?? "");
unlockSounds((isReady) => { one("silent").hidden = isReady; });
listen(form, onCode);
stayAwake();
tellPace();
camera.start();
scanner.run();
