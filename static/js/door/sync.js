// Keeps the list fresh and sends what was decided without the server: on load, when the network returns, and on a timer.
// While it fails it waits longer each time. Two open tabs may both send a scan: it is one by its nonce.
import * as list from "./list.js";
import { sendQueue } from "./queue.js";
import { OutOfReach, ask, isOutOfReach, slug } from "./reach.js";
import { all, count, wipe } from "./store.js";

const EVERY = 20_000;
const RETRY_FIRST = 2_000;
const RETRY_LAST = 60_000;
const PATIENCE = 20_000;
let timer = 0;
let wait = RETRY_FIRST;
let busy = false;
let again = false;
let isEnded = false;

const tell = async () => {
  const [queue, told] = await Promise.all([count("queue", slug), all("told", slug)]);
  const detail = { queue, told, head: list.facts(), isReachable: wait === RETRY_FIRST && !isOutOfReach(), isEnded };
  document.dispatchEvent(new CustomEvent("door:status", { detail }));
};

const later = (milliseconds) => {
  clearTimeout(timer);
  timer = setTimeout(run, milliseconds);
};

export const run = async () => {
  if (busy) again = true;
  if (busy || isEnded) return;
  busy = true;
  clearTimeout(timer);
  try {
    if (await sendQueue(tell)) await fetchList();
    wait = RETRY_FIRST;
  } catch (error) {
    if (!(error instanceof OutOfReach)) throw error;
    wait = Math.min(wait * 2, RETRY_LAST);
  } finally {
    busy = false;
    if (!isEnded) later(again ? 0 : wait === RETRY_FIRST ? EVERY : wait * (0.75 + Math.random() / 2));
    again = false;
    await tell();
  }
};

const fetchList = async () => {
  const asked = Date.now();
  const since = list.cursor();
  const { status, body } = await ask(since ? `/snapshot?since=${since}` : "/snapshot", { patience: PATIENCE });
  if (status !== 200) return;
  if (since && body.device !== list.facts().device) {
    list.forget();
    await wipe();
    await fetchList();
  } else {
    await list.keep(body, asked);
  }
  if (isEnded) await forget();
};

// Also what a list that was under way when the phone lost its right has still put there.
const forget = async () => {
  list.forget();
  await wipe();
};

const end = async () => {
  isEnded = true;
  clearTimeout(timer);
  await forget();
  await globalThis.caches?.delete("carneau-door-pages");
  await tell();
};

export const start = async () => {
  document.addEventListener("door:ended", end);
  document.addEventListener("door:unreachable", () => { later(RETRY_FIRST); tell(); });
  addEventListener("online", run);
  addEventListener("offline", tell);
  document.addEventListener("door:changed", run);
  document.addEventListener("door:queued", tell);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") run(); });
  navigator.storage?.persist?.();
  await list.load();
  await tell();
  await run();
};
