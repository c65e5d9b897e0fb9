// A part of what the camera sees, as pixels in the size that the decoder is to look at. In the page and in its worker.
const made = () => (globalThis.document ? document.createElement("canvas") : new OffscreenCanvas(1, 1));

let canvas = null;
let brush = null;

export const picture = (source, { from, size: [width, height] }) => {
  canvas ??= made();
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  brush ??= canvas.getContext("2d", { willReadFrequently: true, alpha: false });
  brush.drawImage(source, ...from, 0, 0, width, height);
  return brush.getImageData(0, 0, width, height);
};

// How bright it is, 0 to 255, by one pixel in a hundred.
export const lightOf = ({ data }) => {
  let sum = 0, number = 0;
  for (let at = 1; at < data.length; at += 404) {
    sum += data[at];
    number += 1;
  }
  return sum / number;
};

export const canDraw = () => {
  try {
    return picture(new OffscreenCanvas(1, 1), { from: [0, 0, 1, 1], size: [1, 1] }).width === 1;
  } catch {
    return false;
  }
};
