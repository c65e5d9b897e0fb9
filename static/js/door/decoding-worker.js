// Beside the page, so that it never stutters: one frame after the other comes in, its text goes out. A browser that cannot
// draw in here is sent for the pixels instead.
import { decode } from "./decoding.js";
import { canDraw, lightOf, picture } from "./pictures.js";

const drawn = (frame, look) => {
  try {
    return picture(frame, look);
  } catch {
    return null;
  } finally {
    frame.close();
  }
};

addEventListener("message", ({ data: { frame, look, pixels } }) => {
  const seen = frame ? drawn(frame, look) : pixels;
  postMessage(seen ? { text: decode(seen), light: lightOf(seen), isDrawn: true } : { isDrawn: false });
});
postMessage({ canDraw: canDraw() });
