// What the phone keeps, in IndexedDB: of each event the list of tickets in `parts` (the whole one and what changed
// since), in `seen` what it knows itself of tickets, in `queue` the scans that are nowhere else yet, and in `told` those
// that turned out differently.
const NAME = "carneau-door";
const VERSION = 1;
let opened = null;

const upgrade = (database) => {
  database.createObjectStore("parts", { autoIncrement: true }).createIndex("slug", "slug");
  database.createObjectStore("seen", { keyPath: ["slug", "ticket"] }).createIndex("slug", "slug");
  database.createObjectStore("queue", { keyPath: "id", autoIncrement: true }).createIndex("slug", "slug");
  database.createObjectStore("told", { keyPath: "nonce" }).createIndex("slug", "slug");
};

const open = () => {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => {
      request.result.onclose = () => { opened = null; };
      request.result.onversionchange = () => { opened = null; request.result.close(); };
      resolve(request.result);
    };
    request.onerror = () => { opened = null; reject(request.error); };
  });
  return opened;
};

export const answer = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

// `work(stores)` may await answer() of requests and nothing else. What it did is on the disk when the promise is kept,
// or nothing of it.
export const change = async (names, work) => {
  const database = await open();
  const transaction = database.transaction(names, "readwrite", { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
  const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
  try {
    const result = await work(stores);
    await done;
    return result;
  } catch (error) {
    done.catch(() => {});
    try { transaction.abort(); } catch { /* it is over already */ }
    throw error;
  }
};

export const all = async (name, slug, limit) => {
  const database = await open();
  return answer(database.transaction(name).objectStore(name).index("slug").getAll(slug, limit));
};

export const count = async (name, slug) => {
  const database = await open();
  return answer(database.transaction(name).objectStore(name).index("slug").count(slug));
};

export const countEverywhere = async (name) => {
  const database = await open();
  return answer(database.transaction(name).objectStore(name).count());
};

// Nothing of any event stays but the scans that were not sent: they hold no name, and people are inside because of them.
export const wipe = () => change(["parts", "seen", "told"], async ({ parts, seen, told }) => {
  parts.clear();
  told.clear();
  for (const row of await answer(seen.getAll())) {
    if (!row.nonce) seen.delete([row.slug, row.ticket]);
  }
});
