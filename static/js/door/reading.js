// `reader.read(video)` -> the text of a code that is seen now, or null: by the browser's own detector if it knows QR codes,
// else by ours in a worker, else by ours in the page.
import { decode } from "./decoding.js";
import { nextLook } from "./looks.js";

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
        return nearest(await detector.detect(video), video);
      } catch {
        instead = await ours();
        return null;
      }
    },
  };
};

const nearest = (found, { videoWidth, videoHeight }) => {
  const away = ({ boundingBox: { x, y, width, height } }) =>
    Math.hypot(x + width / 2 - videoWidth / 2, y + height / 2 - videoHeight / 2);
  return found.sort((a, b) => away(a) - away(b))[0]?.rawValue || null;
};

const canvas = document.createElement("canvas");
const brush = canvas.getContext("2d", { willReadFrequently: true, alpha: false });

export const picture = (video, { from, size: [width, height] } = nextLook(video)) => {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  brush.drawImage(video, ...from, 0, 0, width, height);
  return brush.getImageData(0, 0, width, height);
};

const inPage = () => ({ kind: "page", read: async (video) => decode(picture(video)) });

const inWorker = async () => {
  const worker = await started();
  return worker && {
    kind: "worker",
    read: (video) => new Promise((resolve) => {
      const { width, height, data } = picture(video);
      worker.onmessage = ({ data: { text } }) => resolve(text);
      worker.onerror = () => resolve(null);
      worker.postMessage({ width, height, buffer: data.buffer }, [data.buffer]);
    }),
  };
};

const started = () => new Promise((resolve) => {
  try {
    const worker = new Worker(new URL("./decoding-worker.js", import.meta.url), { type: "module" });
    const giveUp = () => { worker.terminate(); resolve(null); };
    const waited = setTimeout(giveUp, PATIENCE);
    worker.onmessage = () => { clearTimeout(waited); resolve(worker); };
    worker.onerror = () => { clearTimeout(waited); giveUp(); };
  } catch {
    resolve(null);
  }
});
