// Beside the page, so that it never stutters: pictures come in one after the other, texts go out.
import { decode } from "./decoding.js";

addEventListener("message", ({ data: { width, height, buffer } }) => {
  postMessage({ text: decode({ width, height, data: new Uint8ClampedArray(buffer) }) });
});
postMessage({ ready: true });
