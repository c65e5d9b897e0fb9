// In the dark hardly a code is read: after two dark seconds the page asks for the torch, if there is one that is off.
export const DARK = 22;
const AFTER = 2000;

export const watchLight = (view, torch) => {
  let since = null;
  return (light, now = performance.now()) => {
    since = light < DARK ? since ?? now : null;
    const isOff = !torch.hidden && torch.getAttribute("aria-pressed") !== "true";
    view.toggleAttribute("data-dark", isOff && since !== null && now - since > AFTER);
  };
};
