// Gate and direction are chosen in the form; they stand at the top in large letters, and in the address, so that a reload
// (of a page that was kept for the loss of the network, too) comes back to them.
import { here } from "./sending.js";

export const watchChoice = (form) => {
  const { gate, direction } = form.elements;
  const ways = [...form.querySelectorAll("[name=direction]")];
  const asked = new URL(location.href).searchParams;
  if ([...(gate.options ?? [])].some(({ value }) => value === asked.get("gate"))) gate.value = asked.get("gate");
  for (const way of ways) if (way.value === asked.get("direction")) way.checked = true;

  const put = (name, text) => {
    for (const place of document.querySelectorAll(`[data-${name}-name]`)) place.textContent = text;
  };

  const tell = () => {
    if (gate.options) put("gate", gate.selectedOptions[0].textContent);
    put("direction", ways.find(({ checked }) => checked).labels[0].textContent.trim());
    document.body.dataset.direction = direction.value;
    const address = new URL(here, location.href);
    address.searchParams.set("gate", gate.value);
    address.searchParams.set("direction", direction.value);
    document.querySelector("[data-search]").href = `${here}/search?gate=${gate.value}`;
    history.replaceState(null, "", address);
  };

  form.addEventListener("change", tell);
  tell();
  return () => ({ gate: gate.value, direction: direction.value });
};
