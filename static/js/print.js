// A button with data-print opens the browser's print dialogue. It is hidden in the page: without this script it could do
// nothing.
(() => {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
})();
