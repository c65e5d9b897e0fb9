// The event's tickets on this phone, in memory, and on its disk as they came: the whole list, then what changed since.
// Parts are put together in the order of the server's cursor, so that two open tabs do no harm to each other.
import { all, answer, change } from "./store.js";
import { slug } from "./reach.js";

const MOST_PARTS = 200;
const VERSION = 2;
const tickets = new Map();
let head = null;
let parts = 0;

const order = (part) => Number(part.cursor.split("-").at(-1));

const take = ({ tickets: { number, revision, state, type, since, gate, name, ref }, origin, gates }) => {
  const refs = ref?.split(",");
  let ticket = 0, inside = 0;
  for (let n = 0; n < number.length; n += 1) {
    ticket += number[n];
    const row = { revision: revision[n], state: state[n], type: type[n], name: name?.[n] ?? null, ref: refs?.[n] ?? null };
    if (state[n] === "i" || state[n] === "o") {
      row.since = (origin + since[inside]) * 1000;
      row.gate = gates[gate[inside]]?.id ?? null;
      inside += 1;
    }
    tickets.set(ticket, row);
  }
};

const use = (part) => {
  if (part.is_whole) tickets.clear();
  take(part);
  if (part.tickets.number.length) parts += 1;
  head = { ...part, tickets: null };
};

const fromDisk = async () => {
  const stored = await all("parts", slug);
  const newest = stored.find((part) => part.tickets === null);
  const pieces = stored.filter((part) => part.tickets).sort((a, b) => order(a) - order(b));
  for (const part of pieces.slice(Math.max(pieces.findLastIndex((piece) => piece.is_whole), 0))) use(part);
  if (head && newest) head = newest;
};

let loading = null;
export const load = () => { loading ??= fromDisk(); return loading; };

// What the server said, to a question asked at `asked` (milliseconds of this phone).
export const keep = async (said, asked) => {
  const part = { ...said, slug, asked, skew: Date.parse(said.generated_at) - Date.now() };
  await change(["parts", "seen"], async ({ parts: kept, seen }) => {
    if (part.is_whole) for (const key of await answer(kept.index("slug").getAllKeys(slug))) kept.delete(key);
    if (part.tickets.number.length || part.is_whole) kept.add(part);
    kept.put({ ...part, tickets: null }, `head of ${slug}`);
    for (const row of await answer(seen.index("slug").getAll(slug))) {
      if (!row.nonce && row.at < asked) seen.delete([slug, row.ticket]);
    }
  });
  if (part.is_whole) parts = 0;
  use(part);
};

// From where to ask what changed; null if the whole list is wanted.
export const cursor = () => (head?.version === VERSION && parts <= MOST_PARTS ? head.cursor : null);
export const facts = () => head;
export const everyone = () => tickets.entries();
export const find = (ticket) => tickets.get(ticket) ?? null;
export const gateOf = (id) => head?.gates.find((gate) => gate.id === id) ?? null;

export const forget = () => {
  tickets.clear();
  head = null;
  parts = 0;
};
