// Scans that were decided here and are nowhere else yet: to the server, in their order, until it has judged each of them.
import { p95 } from "./pace.js";
import { OutOfReach, ask, slug } from "./reach.js";
import { STATE_AFTER } from "./rules.js";
import { read } from "./signature.js";
import { all, answer, change, count } from "./store.js";

const BATCH = 500;
const PATIENCE = 20_000;
const PASSED = ["come_in", "exit"];

// Also with nothing to send: so the organiser sees that this phone is there. False if it may not scan any more.
export const sendQueue = async (tell) => {
  for (;;) {
    const waiting = await all("queue", slug, BATCH);
    const scans = upToUndone(waiting);
    const length = await count("queue", slug);
    const json = { scans: scans.map(sent), queue_length: length - scans.length, p95_ms: p95() };
    const { status, body } = await ask("/sync", { json, patience: PATIENCE });
    if (status === 401) return false;
    if (status !== 200) throw new OutOfReach(`${status}`);
    await settle(scans, body.verdicts);
    for (const scan of await all("queue", slug)) if (scan.is_settled) await undo(scan);
    if (scans.length) document.body.dispatchEvent(new CustomEvent("scanned"));
    if ((scans === waiting && scans.length < BATCH) || body.verdicts.every((verdict) => verdict === null)) return true;
    await tell();
  }
};

// What was taken back is told and taken back there too before the next scan, which may be of the same ticket.
const upToUndone = (scans) => {
  const end = scans.findIndex(({ is_undone: isUndone }) => isUndone) + 1;
  return end ? scans.slice(0, end) : scans;
};

const sent = ({ code, ticket, nonce, gate, direction, scanned_at: at, shown, reason }) => (
  { code, ticket, nonce, gate, direction, scanned_at: at, shown, reason }
);

// What the server says replaces what was shown. A null is a scan that it could not judge just now: it stays.
const settle = (scans, verdicts) => change(["queue", "seen", "told"], async ({ queue, seen, told }) => {
  for (const [n, scan] of scans.entries()) {
    const verdict = verdicts[n];
    const queued = await answer(queue.get(scan.id));
    if (!verdict || !queued) continue;
    if (queued.is_undone && PASSED.includes(verdict.verdict)) {
      queue.put({ ...queued, is_settled: true });
      continue;
    }
    queue.delete(scan.id);
    if (isBad(scan, verdict)) told.put({ slug, nonce: scan.nonce, shown: scan.shown, scanned_at: scan.scanned_at, verdict });
    const ticket = scan.number ?? read(scan.code)?.ticket;
    const noted = ticket && await answer(seen.get([slug, ticket]));
    if (noted?.nonce !== scan.nonce) continue;
    const state = STATE_AFTER[verdict.verdict];
    if (state) seen.put({ ...noted, state, at: Date.now(), nonce: null });
    else seen.delete([slug, ticket]);
  }
});

const isBad = (scan, { verdict }) => PASSED.includes(scan.shown) !== PASSED.includes(verdict);

// It was taken back before it was sent. What the server does not take back any more is told as any other difference.
const undo = async (scan) => {
  const { status, body } = await ask(`/admissions/${scan.nonce}/undo`, { json: {}, patience: PATIENCE });
  await change(["queue", "told"], ({ queue, told }) => {
    queue.delete(scan.id);
    if (status === 200) return;
    const verdict = { verdict: scan.shown, sentence: body.error };
    told.put({ slug, nonce: scan.nonce, shown: scan.shown, scanned_at: scan.scanned_at, verdict });
  });
};

// `told`, what was read; `queue`, scans of a phone that may not send them.
export const discard = async (name) => {
  await change([name], async (stores) => {
    const index = stores[name].index("slug");
    for (const key of await answer(index.getAllKeys(slug))) stores[name].delete(key);
  });
  document.dispatchEvent(new CustomEvent("door:queued"));
};
