// Frame after frame, as fast as the phone manages: `onCode(text, since)` for a code that comes into view, once, as long as
// it stays there, and also if two are held up and seen by turns. `since` is when its frame was taken (performance.now).
// While not `isFree()` codes are let by; one that is still in view afterwards counts then.
import { makeReader } from "./reading.js";

const AGAIN = 5000;
const STALLED = 1000;

const nextFrame = (video) => new Promise((resolve) => {
  setTimeout(resolve, STALLED);
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(resolve);
  else requestAnimationFrame(resolve);
});

export const makeScanner = (video, { isFree, onCode }) => {
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
        if (!video.videoWidth || video.paused || document.hidden) continue;
        const since = performance.now();
        const text = await reader.read(video);
        if (text) sight(text, since);
      }
    },
    kind: () => reader?.kind,
    // The next sight of any code counts again.
    forget() { sights.clear(); },
  };
};
