// A form is sent once: a second click within a second does nothing. The server answers a double-click with one effect
// as well; this spares a visitor who has no cookie yet the second cart that two first requests would make.
(() => {
  let sent = new WeakMap();
  const refuse = (event) => {
    if (Date.now() - (sent.get(event.target) ?? 0) < 1000) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else {
      sent.set(event.target, Date.now());
    }
  };
  document.addEventListener("submit", refuse, true);
  addEventListener("pageshow", () => { sent = new WeakMap(); });
})();
