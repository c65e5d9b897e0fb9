// Asking the server, where no answer in time, a broken one and a stranger's (a hotel's log-in page) are all the same:
// it is out of reach. After that nobody waits for it until something got through again.
import { here } from "./sending.js";

export class OutOfReach extends Error {}

export const slug = here.split("/")[2];
const PAUSE = 15_000;
let outOfReachUntil = 0;

export const isOutOfReach = () => !navigator.onLine || Date.now() < outOfReachUntil;

const say = (name) => document.dispatchEvent(new CustomEvent(`door:${name}`));

const unreachable = (error) => {
  if (Date.now() >= outOfReachUntil) say("unreachable");
  outOfReachUntil = Date.now() + PAUSE;
  throw new OutOfReach("no answer", { cause: error });
};

// `patience` in milliseconds, for the whole answer. `{ status, body, headers }` of what our server says, 401 included.
export const ask = async (path, { patience, headers = {}, json = null }) => {
  const options = { headers: { Accept: "application/json", ...headers }, redirect: "error", cache: "no-store" };
  if (json) Object.assign(options, { method: "POST", body: JSON.stringify(json) });
  if (json) options.headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(here + path, { ...options, signal: AbortSignal.timeout(patience) });
    const isOurs = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
    if (response.status >= 500 || !(isOurs || response.status === 304)) throw new TypeError(`${response.status}`);
    const body = response.status === 304 ? null : await response.json();
    outOfReachUntil = 0;
    if (response.status === 401) say("ended");
    return { status: response.status, body, headers: response.headers };
  } catch (error) {
    return unreachable(error);
  }
};
