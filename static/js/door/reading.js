// `reader.read(video)` -> `{ text, light }`: of a code that is seen now, or null; and how bright it is, where that is known.
// By the browser's own detector if it knows QR codes, else by ours in a worker, else by ours in the page.
import { decode } from "./decoding.js";
import { makeHand } from "./handing.js";
import { lookAgain, nextLook } from "./looks.js";
import { lightOf, picture } from "./pictures.js";

const PATIENCE = 4000;

export const makeReader = async () => (await ofBrowser()) ?? ours();

const ours = async () => (await inWorker()) ?? inPage();

const ofBrowser = async () => {
  const Detector = globalThis.BarcodeDetector;
  try {
    if (!(await Detector?.getSupportedFormats())?.includes("qr_code")) return null;
  } catch {
    return null;
  }
  const detector = new Detector({ formats: ["qr_code"] });
  let instead = null;
  return {
    kind: "browser",
    // Some browsers say that they know QR codes and then fail on every picture.
    async read(video) {
      if (instead) return instead.read(video);
      try {
        return { text: nearest(await detector.detect(video), video) };
      } catch {
        instead = await ours();
        return { text: null };
      }
    },
  };
};

const nearest = (found, { videoWidth, videoHeight }) => {
  const away = ({ boundingBox: { x, y, width, height } }) =>
    Math.hypot(x + width / 2 - videoWidth / 2, y + height / 2 - videoHeight / 2);
  return found.sort((a, b) => away(a) - away(b))[0]?.rawValue || null;
};

const told = (text, light) => {
  if (text) lookAgain();
  return { text, light };
};

const inPage = () => ({
  kind: "page",
  async read(video) {
    const seen = picture(video, nextLook(video));
    return told(decode(seen), lightOf(seen));
  },
});

const inWorker = async () => {
  const begun = await started();
  if (!begun) return null;
  const { worker, canDraw } = begun;
  const { hand, change } = makeHand(canDraw);
  const answered = ([message, handed]) => new Promise((resolve) => {
    const waited = setTimeout(resolve, PATIENCE, {});
    worker.onmessage = ({ data }) => { clearTimeout(waited); resolve(data); };
    worker.onerror = () => { clearTimeout(waited); resolve({}); };
    worker.postMessage(message, handed);
  });
  return {
    kind: "worker",
    async read(video) {
      const given = await hand(video, nextLook(video));
      const { text = null, light, isDrawn = true } = given ? await answered(given) : {};
      if (!isDrawn) change();
      return told(text, light);
    },
  };
};

const started = () => new Promise((resolve) => {
  try {
    const worker = new Worker(new URL("./decoding-worker.js", import.meta.url), { type: "module" });
    const giveUp = () => { worker.terminate(); resolve(null); };
    const waited = setTimeout(giveUp, PATIENCE);
    worker.onmessage = ({ data: { canDraw } }) => { clearTimeout(waited); resolve({ worker, canDraw }); };
    worker.onerror = () => { clearTimeout(waited); giveUp(); };
  } catch {
    resolve(null);
  }
});
