// One scan, one verdict: the server's if it answers in time, else this phone's own, marked `provisional` and kept in the
// queue before anybody sees it. Both are the same attempt, with the same nonce: if the server did hear it and only its
// answer was lost, it says the same again when the queue is sent.
import * as list from "./list.js";
import { OutOfReach, ask, isOutOfReach, slug } from "./reach.js";
import { STATE_AFTER, judge } from "./rules.js";
import { isGenuine, read } from "./signature.js";
import { answer, change } from "./store.js";
import { verdictOf } from "./words.js";

const PATIENCE = 1500;
const PATIENCE_FOR_UNDO = 5000;
const LONGEST = 400;

const nonce = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
    .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
};

const attempt = ({ gate = "", direction = "entry" } = {}) => (
  { nonce: nonce(), gate: gate ?? "", direction, scanned_at: new Date().toISOString() }
);

export const decide = async (text, choice) => {
  const scan = { code: text.slice(0, LONGEST), ...attempt(choice) };
  return await online(scan) ?? offline(scan);
};

// Somebody without a code, who was found on this phone's list: the ticket's number there, and its reference.
export const letIn = async ({ number, ref, revision }, { gate }) => {
  const scan = { code: "", ticket: ref, number, ...attempt({ gate }) };
  return await online(scan) ?? queued(scan, null, { event: list.facts().event, ticket: number, revision });
};

const numberOf = ({ number, code }) => number ?? read(code)?.ticket;

const online = async (scan) => {
  if (isOutOfReach()) return null;
  try {
    const { status, body } = await ask("/admissions", { json: scan, patience: PATIENCE });
    if (status !== 200) return { verdict: "not_valid", reason: status === 401 ? "ended" : "refused", sentence: body.error };
    remember(scan, body).catch(() => {});
    return body;
  } catch (error) {
    if (error instanceof OutOfReach) return null;
    throw error;
  }
};

// What the server just said is newer than the list: if the network goes now, the same ticket is still known.
const remember = (scan, { verdict }) => {
  const ticket = numberOf(scan);
  if (!ticket || !STATE_AFTER[verdict]) return Promise.resolve();
  const at = Date.now();
  const row = { slug, ticket, state: STATE_AFTER[verdict], since: at, gate: scan.gate, at, nonce: null };
  return change(["seen"], ({ seen }) => answer(seen.put({ ...row, by: scan.nonce })));
};

// True if the scan with this nonce is taken back: at once by the server, or, while it waits in the queue, together with it.
export const takeBack = async (nonce) => {
  const isMine = await change(["seen", "queue"], async ({ seen, queue }) => {
    const scan = (await answer(queue.index("slug").getAll(slug))).find((each) => each.nonce === nonce);
    if (!scan) return false;
    queue.put({ ...scan, is_undone: true });
    const row = (await answer(seen.index("slug").getAll(slug))).find((each) => each.nonce === nonce);
    if (row?.before) seen.put(row.before);
    else if (row) seen.delete([slug, row.ticket]);
    return true;
  });
  if (isMine) return true;
  const { status } = await ask(`/admissions/${nonce}/undo`, { json: {}, patience: PATIENCE_FOR_UNDO });
  if (status === 200) await change(["seen"], ({ seen }) => forgetScan(seen, nonce));
  document.dispatchEvent(new CustomEvent("door:changed"));
  return status === 200;
};

const forgetScan = async (seen, nonce) => {
  for (const row of await answer(seen.index("slug").getAll(slug))) {
    if (row.by === nonce) seen.delete([slug, row.ticket]);
  }
};

const offline = async (scan) => {
  await list.load();
  const head = list.facts();
  if (!head) return verdictOf({ verdict: "not_valid", reason: "no_list" }, scan, null);
  const code = read(scan.code);
  if (code && !crypto.subtle) return verdictOf({ verdict: "not_valid", reason: "no_check" }, scan, null);
  const reason = !code ? "unknown" : await isGenuine(code, head.key) ? null : "forged";
  if (reason) return queued(scan, { verdict: "not_valid", reason }, null);
  return queued(scan, null, code);
};

const queued = async (scan, refusal, code) => {
  const verdict = await noted(scan, refusal, code);
  document.dispatchEvent(new CustomEvent("door:queued"));
  return verdict;
};

// Looking at what this phone saw of the ticket, and noting what it now did, is one transaction: two quick scans of one
// ticket, or two open tabs, let in once.
const noted = (scan, refusal, code) => change(["seen", "queue"], async ({ seen, queue }) => {
  const head = list.facts();
  const row = code && list.find(code.ticket);
  const known = code && code.event === head.event ? await answer(seen.get([slug, code.ticket])) : null;
  const gate = list.gateOf(scan.gate);
  const judged = refusal ?? judge(code, { head, row, seen: known, gate, direction: scan.direction });
  queue.add({ slug, ...scan, shown: judged.verdict, reason: judged.reason ?? null });
  if (judged.verdict === "come_in" || judged.verdict === "exit") {
    const at = Date.now();
    const state = STATE_AFTER[judged.verdict];
    const before = known && { ...known, before: null };
    seen.put({ slug, ticket: code.ticket, state, since: at, gate: scan.gate, at, nonce: scan.nonce, before });
  }
  return verdictOf(judged, scan, row);
});
