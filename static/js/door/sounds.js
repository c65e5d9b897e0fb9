// A sound and a buzz for each verdict, told apart with the eyes closed. Browsers let a page sound only after it was touched.
const NOTES = {
  come_in: [["sine", 660, 660, 0, 0.09], ["sine", 990, 990, 0.1, 0.16]],
  exit: [["sine", 660, 440, 0, 0.22]],
  already_in: [["square", 440, 440, 0, 0.1], ["square", 440, 440, 0.17, 0.1], ["square", 440, 440, 0.34, 0.1]],
  not_valid: [["sawtooth", 220, 110, 0, 0.55]],
};
const BUZZES = { come_in: [70], exit: [40, 60, 40], already_in: [90, 80, 90, 80, 90], not_valid: [500] };
const LOUDNESS = { sine: 0.9, square: 0.35, sawtooth: 0.45 };
let context = null;

// `tell(isReady)` hears whether the page may sound.
export const unlockSounds = (tell) => {
  const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
  if (!Context) return tell(true);
  context = new Context();
  const report = () => tell(context.state === "running");
  const unlock = () => context.state === "running" || context.resume().then(report, () => {});
  context.addEventListener("statechange", report);
  for (const kind of ["pointerup", "touchend", "keydown"]) addEventListener(kind, unlock, { capture: true, passive: true });
  report();
};

const play = ([wave, from, to, after, length]) => {
  const start = context.currentTime + after;
  const note = new OscillatorNode(context, { type: wave, frequency: from });
  const volume = new GainNode(context, { gain: 0 });
  note.frequency.linearRampToValueAtTime(to, start + length);
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUDNESS[wave], start + 0.01);
  volume.gain.setTargetAtTime(0, start + length - 0.03, 0.012);
  note.connect(volume).connect(context.destination);
  note.start(start);
  note.stop(start + length + 0.1);
};

export const sound = (word) => {
  if (context?.state === "running") (NOTES[word] ?? NOTES.not_valid).forEach(play);
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(BUZZES[word] ?? BUZZES.not_valid);
};
