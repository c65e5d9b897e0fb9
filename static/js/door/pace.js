// From the moment a code was seen (or typed) to its verdict on the screen, in milliseconds: of the last 200 on this phone.
import { recall, remember } from "./remembering.js";

const KEPT = 200;
const times = recall("pace") ?? [];

export const note = (since) => {
  times.push(Math.round(performance.now() - since));
  if (times.length > KEPT) times.shift();
  remember("pace", times);
};

// Of 100 scans 95 were at least as fast; null before the first.
export const p95 = () => {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.ceil(sorted.length * 0.95) - 1] : null;
};
