// What a worker is sent of the frame that is seen now, `[message, what is handed over]`: the frame as it is where browser
// and worker can, which costs the page nothing; else a copy of its part; else pixels that are drawn here.
import { picture } from "./pictures.js";

const asFrame = async (video, look) => {
  const frame = new VideoFrame(video);
  if (frame.displayWidth === video.videoWidth && frame.displayHeight === video.videoHeight) return [{ frame, look }, [frame]];
  frame.close();
  throw new TypeError("this browser turns its frames another way");
};

const asCopy = async (video, { from, size }) => {
  const [x, y, width, height] = from.map(Math.round);
  const frame = await createImageBitmap(video, x, y, width, height);
  return [{ frame, look: { from: [0, 0, width, height], size } }, [frame]];
};

const asPixels = async (video, look) => {
  const { width, height, data } = picture(video, look);
  return [{ pixels: { width, height, data } }, [data.buffer]];
};

export const makeHand = (canDraw) => {
  const ways = [
    ...(canDraw && globalThis.VideoFrame ? [asFrame] : []),
    ...(canDraw && globalThis.createImageBitmap ? [asCopy] : []),
    asPixels,
  ];
  // The way was no good after all: the next frame goes another.
  const change = () => { if (ways.length > 1) ways.shift(); };
  const hand = async (video, look) => {
    try {
      return await ways[0](video, look);
    } catch {
      change();
      return null;
    }
  };
  return { hand, change };
};
