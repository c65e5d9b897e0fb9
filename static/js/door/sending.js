// To this event's door on the server, as JSON. The page may also have come as the answer to a photo, from below it.
export const here = location.pathname.split("/").slice(0, 3).join("/");
const PATIENCE = 5000;

export const send = (path, json) => fetch(here + path, {
  method: "POST",
  headers: { Accept: "application/json", "Content-Type": "application/json" },
  body: JSON.stringify(json),
  signal: AbortSignal.timeout(PATIENCE),
});
