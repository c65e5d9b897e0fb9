// The rear camera, at once; its torch and the other cameras where there are any. `tell(state)` hears `starting`, `live`,
// `refused` (permission), `none`, `busy` (another app has it), `insecure` (no https) or `ended`.
import { recall, remember } from "./remembering.js";

const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 } };
const WHY = {
  NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "none", OverconstrainedError: "none",
};

export const makeCamera = (video, tell) => {
  let track = null;
  let attempt = 0;
  let isLit = false;

  const stop = () => {
    attempt += 1;
    track?.stop();
    track = null;
    isLit = false;
    video.srcObject = null;
  };

  const opened = async (id) => {
    const wish = id ? { deviceId: { exact: id } } : { facingMode: { ideal: "environment" } };
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...SIZE, ...wish } });
    } catch (error) {
      if (id && error.name !== "NotAllowedError") return opened(null);
      throw error;
    }
  };

  const start = async (id = recall("camera")) => {
    stop();
    const mine = attempt;
    if (!navigator.mediaDevices?.getUserMedia) return tell(isSecureContext ? "none" : "insecure");
    tell("starting");
    try {
      const stream = await opened(id);
      if (mine !== attempt) return stream.getTracks().forEach((one) => one.stop());
      await show(stream);
      if (mine === attempt) tell("live");
    } catch (error) {
      if (mine === attempt) tell(WHY[error.name] ?? "busy");
    }
  };

  const show = async (stream) => {
    [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => tell("ended"));
    for (const mode of ["focusMode", "exposureMode"]) if (can(mode)?.includes("continuous")) await set({ [mode]: "continuous" });
    video.srcObject = stream;
    await video.play();
  };

  const can = (name) => track?.getCapabilities?.()[name];
  const set = (wish) => track.applyConstraints({ advanced: [wish] }).catch(() => {});

  const others = async () => {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter(({ kind }) => kind === "videoinput").map(({ deviceId }) => deviceId);
  };

  return {
    start,
    stop,
    hasTorch: () => Boolean(can("torch")),
    hasOthers: async () => (await others()).length > 1,
    async light() {
      isLit = !isLit;
      await set({ torch: isLit });
      return isLit;
    },
    async change() {
      const ids = await others();
      const next = ids[(ids.indexOf(track?.getSettings().deviceId) + 1) % ids.length];
      remember("camera", next);
      await start(next);
    },
  };
};
