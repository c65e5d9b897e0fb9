// Typed codes and scanners that type: whatever is keyed while no field has the focus lands in the code's field, and the
// form goes to `onCode(text, since)` instead of the server. A name or the reference below a code is a question for the
// search, without a network for the one in this phone's list: `find(text)`.
import { isOutOfReach } from "./reach.js";
import { here } from "./sending.js";

const WRITABLE = "input:not([type=checkbox], [type=radio], [type=file]), textarea, select, [contenteditable]";
const REFERENCE = /^(?=.*[\d-])[\da-z]{4}[\s-]?[\da-z]{4}$/i;
const NAME = /^[\p{L}\p{M}][\p{L}\p{M}\s.'’-]{1,80}$/u;

const search = (form, text) => {
  const asked = new URLSearchParams({ q: text, gate: form.elements.gate.value });
  location.assign(`${here}/search?${asked}`);
};

export const listen = (form, onCode, find) => {
  const field = form.elements.code;
  addEventListener("keydown", (event) => {
    const isLetter = event.key.length === 1 && event.key !== " ";
    if (!isLetter || event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.(WRITABLE)) return;
    field.focus({ preventScroll: true });
  });
  // Caught before once.js, which lets a form through once a second: guests come faster.
  addEventListener("submit", (event) => {
    if (event.target !== form || event.submitter?.formAction.endsWith("/photos")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = field.value.trim();
    field.value = "";
    field.blur();
    const isQuestion = REFERENCE.test(text) || NAME.test(text);
    if (isQuestion && !isOutOfReach()) search(form, text);
    else if (isQuestion && find) find(text);
    else if (text) onCode(text, performance.now());
  }, true);
};
