(() => {
  const skews = new WeakMap();
  const skew = (element) => {
    if (!skews.has(element)) skews.set(element, Date.parse(element.dataset.countdownNow) - Date.now() || 0);
    return skews.get(element);
  };
  const show = (element) => {
    const left = Math.max(0, Math.round((Date.parse(element.dataset.countdown) - Date.now() - skew(element)) / 1000));
    const place = element.querySelector("[data-countdown-left]");
    if (place) place.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    element.classList.toggle("soon", left < 120);
  };
  const tick = () => document.querySelectorAll("[data-countdown]").forEach(show);
  setInterval(tick, 1000);
  tick();
})();
