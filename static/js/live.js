// An element with data-live="5" gets the event `live` every 5 seconds while the page is visible, and at once when it is
// looked at again or a form was sent. The content security policy forbids the conditions that htmx could evaluate for this.
(() => {
  const tell = () => {
    if (document.visibilityState === "visible") {
      for (const element of document.querySelectorAll("[data-live]")) element.dispatchEvent(new CustomEvent("live"));
    }
  };
  const first = document.querySelector("[data-live]");
  if (first) {
    setInterval(tell, Number(first.dataset.live) * 1000);
    document.addEventListener("visibilitychange", tell);
    document.addEventListener("submit", () => setTimeout(tell, 1500));
    addEventListener("pageshow", (event) => event.persisted && tell());
    // What somebody opened stays open: the page that comes knows nothing of it.
    htmx.config.morphIgnore.push("open");
  }
})();
