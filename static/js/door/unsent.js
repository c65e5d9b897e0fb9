// On the pages around the scan page: what this phone still holds, also where it may not scan any more.
import { countEverywhere } from "./store.js";

const place = document.querySelector("[data-unsent]");
const number = place.querySelector("[data-unsent-number]");
const waiting = await countEverywhere("queue").catch(() => 0);
number.textContent = waiting === 1 ? number.dataset.wordsOne : number.dataset.words.replace("{n}", waiting);
place.hidden = waiting === 0;
