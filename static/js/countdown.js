// <p data-countdown="until" data-countdown-now="the server's now"> with, inside, [data-countdown-left] for the minutes
// and [data-countdown-say] (data-at-5, data-at-1) for what is announced then. At 0 it gets the event `countdown-ended`.
(() => {
  const states = new WeakMap();
  const state = (element) => {
    if (!states.has(element)) {
      const skew = Date.parse(element.dataset.countdownNow) - Date.now() || 0;
      states.set(element, { end: Date.parse(element.dataset.countdown) - skew, said: new Set() });
    }
    return states.get(element);
  };
  const say = (element, minutes, said) => {
    const place = element.querySelector("[data-countdown-say]");
    if (!place || said.has(minutes)) return;
    said.add(minutes);
    place.textContent = place.getAttribute(`data-at-${minutes}`);
  };
  const show = (element) => {
    const { end, said } = state(element);
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    const place = element.querySelector("[data-countdown-left]");
    if (place) place.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    element.classList.toggle("soon", left < 120);
    if (left > 240 && left <= 300) say(element, 5, said);
    if (left > 5 && left <= 60) say(element, 1, said);
    if (Date.now() - end > 1000 && !said.has(0)) {
      said.add(0);
      element.dispatchEvent(new CustomEvent("countdown-ended", { bubbles: true }));
    }
  };
  const tick = () => document.querySelectorAll("[data-countdown]").forEach(show);
  setInterval(tick, 1000);
  tick();
})();
