// Frame after frame: `onCode(text, since)` for a code that comes into view, once, as long as it stays there, and also if two
// are held up and seen by turns. `since` is when its frame was taken (performance.now).
// While not `isFree()` codes are let by; one that is still in view afterwards counts then. One frame at a time, at most 20 a
// second, fewer while a verdict stands; a slow phone rests half as long as a frame took, so that it stays cool for hours.
import { makeReader } from "./reading.js";

const AGAIN = 5000;
const STALLED = 1000;
const EVERY = 50;
const EVERY_MEANWHILE = 150;
const REST = 0.5;
const HAVE_CURRENT_DATA = 2;

const nextFrame = (video) => new Promise((resolve) => {
  setTimeout(resolve, STALLED);
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(resolve);
  else requestAnimationFrame(resolve);
});

const until = (moment) => new Promise((resolve) => { setTimeout(resolve, moment - performance.now()); });

export const makeScanner = (video, { isFree, onCode, onLight }) => {
  const sights = new Map();
  let reader = null;

  const sight = (text, since) => {
    for (const [seen, at] of sights) if (since - at > AGAIN) sights.delete(seen);
    if (sights.has(text)) {
      sights.set(text, since);
    } else if (isFree()) {
      sights.set(text, since);
      onCode(text, since);
    }
  };

  return {
    // For ever: the camera may come and go meanwhile.
    async run() {
      reader = await makeReader();
      for (;;) {
        await nextFrame(video);
        if (video.readyState < HAVE_CURRENT_DATA || !video.videoWidth || video.paused || document.hidden) continue;
        const since = performance.now();
        const { text, light } = await reader.read(video);
        onLight(light);
        if (text) sight(text, since);
        const took = performance.now() - since;
        await until(since + Math.max(isFree() ? EVERY : EVERY_MEANWHILE, took * (1 + REST)));
      }
    },
    kind: () => reader?.kind,
    // The next sight of any code counts again.
    forget() { sights.clear(); },
  };
};
