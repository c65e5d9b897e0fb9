// The screen stays on while the page is looked at. A lock is lost whenever the page is hidden, so it is taken again.
export const stayAwake = () => {
  const take = () => {
    if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", take);
  take();
};
