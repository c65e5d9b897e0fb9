// Where somebody has just logged out, nothing of a door stays in the browser but scans that were not sent yet.
(() => {
  if (!document.querySelector("[data-forget-door]") || !globalThis.indexedDB) return;
  globalThis.caches?.delete("carneau-door-pages");
  const request = indexedDB.open("carneau-door");
  request.onupgradeneeded = () => request.transaction.abort();
  request.onerror = (event) => event.preventDefault();
  request.onsuccess = () => {
    const change = request.result.transaction(["parts", "told"], "readwrite");
    for (const name of ["parts", "told"]) change.objectStore(name).clear();
    change.oncomplete = () => request.result.close();
  };
})();
