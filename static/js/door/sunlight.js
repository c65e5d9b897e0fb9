// The look for bright sun: as it was chosen on this phone before, else as the phone asks for contrast.
import { recall, remember } from "./remembering.js";

export const watchSun = (button) => {
  const put = (look) => {
    document.documentElement.dataset.look = look;
    button.setAttribute("aria-pressed", String(look === "sun"));
    remember("look", look);
  };
  button.hidden = false;
  button.addEventListener("click", () => put(document.documentElement.dataset.look === "sun" ? "" : "sun"));
  put(recall("look") ?? (matchMedia("(prefers-contrast: more)").matches ? "sun" : ""));
};
