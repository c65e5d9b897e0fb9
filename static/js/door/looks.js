// A code that is missed on one look is often found on the next: four looks take turns, frame by frame. Near codes, whole
// or half out of view; what is in view, enlarged (the decoder likes large modules); its middle, and the middle of that.
const LOOKS = [
  { part: 0.65, pixels: 640, enlarge: 4 },
  { part: 1, pixels: 640, isWhole: true },
  { part: 1, pixels: 900, enlarge: 2 },
  { part: 0.45, pixels: 800, enlarge: 4 },
];
let turn = 0;

const whole = ({ videoWidth, videoHeight }) => ({ width: videoWidth, height: videoHeight });

// Which part of the video is seen in an element that it covers.
const inView = ({ videoWidth, videoHeight, clientWidth, clientHeight }) => {
  const scale = Math.max(clientWidth / videoWidth, clientHeight / videoHeight) || 1;
  return { width: clientWidth / scale || videoWidth, height: clientHeight / scale || videoHeight };
};

// Where to take the next picture from, and how large to draw it.
export const nextLook = (video) => {
  const { part, pixels, enlarge = 1, isWhole } = LOOKS[turn];
  turn = (turn + 1) % LOOKS.length;
  const view = isWhole ? whole(video) : inView(video);
  const [width, height] = [view.width * part, view.height * part];
  const scale = Math.min(enlarge, pixels / Math.max(width, height));
  return {
    from: [(video.videoWidth - width) / 2, (video.videoHeight - height) / 2, width, height],
    size: [Math.round(width * scale), Math.round(height * scale)],
  };
};

// Where a code was found is looked at first again: guests hold their tickets out to one phone much alike.
export const lookAgain = () => { turn = (turn + LOOKS.length - 1) % LOOKS.length; };

export const looks = LOOKS.length;
