// Frame after frame, as fast as the phone manages: `onCode(text, since)` for a code that comes into view, once, as long as
// it stays there. `since` is when its frame was taken (performance.now). While not `isFree()` codes are let by; one that
// is still in view afterwards counts then.
import { makeReader } from "./reading.js";

const AGAIN = 4000;
const STALLED = 1000;

const nextFrame = (video) => new Promise((resolve) => {
  setTimeout(resolve, STALLED);
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(resolve);
  else requestAnimationFrame(resolve);
});

export const makeScanner = (video, { isFree, onCode }) => {
  let last = { text: null, at: -Infinity };
  let reader = null;

  const sight = (text, since) => {
    if (text === last.text && since - last.at < AGAIN) {
      last.at = since;
    } else if (isFree()) {
      last = { text, at: since };
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
    // The next sight of the same code counts again.
    forget() { last = { text: null, at: -Infinity }; },
  };
};
