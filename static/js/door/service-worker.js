// The service worker of /door/. In front of it carneau/door/installing.py puts VERSION and SHELL, the addresses of what a
// scan page is made of. It keeps those and the scan pages that were opened; no answer to a scan, no other page.
const PAGES = "carneau-door-pages";
const FILES = `carneau-door-files-${VERSION}`;
const PATIENCE = 3000;
const NO_NETWORK = "/door/no-network.html";
const PAGE = /^\/door\/[\w-]+$/;
const SEARCH = /^\/door\/[\w-]+\/search$/;
const FILE = /^\/assets\//;

const pathOf = (url) => new URL(url).pathname;
const isPage = (url) => PAGE.test(pathOf(url));

// By its path alone: gate and direction in the address are read by the page's script. A page that is not this phone's to
// see any more takes what is kept of every event with it.
const keepPage = async (url, response) => {
  const pages = await caches.open(PAGES);
  if (response.ok && response.headers.get("Content-Type")?.startsWith("text/html")) {
    await pages.put(pathOf(url), response);
  } else if (response.status === 401 || response.status === 403) {
    await caches.delete(PAGES);
    await forget();
  } else if (response.status === 404) {
    await pages.delete(pathOf(url));
  }
};

const forget = () => new Promise((resolve) => {
  const request = indexedDB.open("carneau-door");
  request.onupgradeneeded = () => request.transaction.abort();
  request.onerror = (event) => { event.preventDefault(); resolve(); };
  request.onsuccess = () => {
    const change = request.result.transaction(["parts", "told"], "readwrite");
    change.objectStore("parts").clear();
    change.objectStore("told").clear();
    change.oncomplete = change.onabort = () => { request.result.close(); resolve(); };
  };
});

const keptPage = async (url) => (await caches.open(PAGES)).match(pathOf(url));

const page = async (event) => {
  const { url } = event.request;
  const fetched = fetch(event.request);
  event.waitUntil(fetched.then((response) => keepPage(url, response.clone())).catch(() => {}));
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  const response = await Promise.race([fetched.catch(() => null), late]);
  return response?.status < 500 ? response : await keptPage(url) ?? fetched;
};

// Any other page of the door: why it does not come, and the way back to scanning. A scan page that was kept looks for names
// itself, in its own list.
const otherPage = async (request) => {
  try {
    return await fetch(request);
  } catch {
    const back = await wayBack(pathOf(request.url).split("/").slice(0, 3).join("/"));
    if (SEARCH.test(pathOf(request.url)) && await looksForNames(back)) return finding(back, request.url);
    const kept = await (await caches.match(NO_NETWORK)).text();
    return new Response(kept.replaceAll(NO_NETWORK, back), { headers: { "Content-Type": "text/html; charset=utf-8" } });
  }
};

const looksForNames = async (path) => (await (await (await caches.open(PAGES)).match(path))?.text())?.includes("data-finder");

const finding = (path, url) => {
  const { searchParams } = new URL(url);
  const asked = new URLSearchParams({ gate: searchParams.get("gate") ?? "", find: searchParams.get("q") ?? "" });
  return Response.redirect(`${location.origin}${path}?${asked}`);
};

const wayBack = async (path) => {
  const pages = await caches.open(PAGES);
  const [first] = await pages.keys();
  return await pages.match(path) || !first ? path : pathOf(first.url);
};

const file = async (request) => {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request).catch(() => ofThisVersion(request.url));
  if (response.ok && response.url === request.url) await (await caches.open(FILES)).put(request, response.clone());
  return response;
};

// A page that was open before this version came may still want a file of its own.
const ofThisVersion = async (url) => {
  const name = (one) => pathOf(one).split("/").slice(3).join("/");
  const same = SHELL.find((each) => name(new URL(each, location)) === name(url));
  return await (same && caches.match(same)) ?? Response.error();
};

// The page that is just open came before its worker; those that were kept name the files of the last version.
const install = async () => {
  await (await caches.open(FILES)).addAll(SHELL);
  const kept = await (await caches.open(PAGES)).keys();
  const open = await self.clients.matchAll({ includeUncontrolled: true, type: "window" });
  const addresses = new Set([...kept, ...open].map(({ url }) => url).filter(isPage).map(pathOf));
  await Promise.all([...addresses].map(async (path) => keepPage(location.origin + path, await fetch(path))));
  await self.skipWaiting();
};

const activate = async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("carneau-door-files-") && name !== FILES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
};

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(isPage(request.url) ? page(event) : otherPage(request));
  else if (FILE.test(url.pathname)) event.respondWith(file(request));
});
