// The code of a ticket, as carneau/tickets/qr.py writes it: base32 of version (1 byte), event (4), ticket (5), revision
// (2) and an Ed25519 signature (64) over them. A browser without Ed25519 of its own gets the vendored one.
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const CODE = /^(?:.*\/T\/)?([A-Z2-7]{122})$/s;
const DOMAIN = new TextEncoder().encode("carneau ticket code\0");
const VERSION = 1;
const PAYLOAD = 12;
const BYTES = 76;

const decoded = (letters) => {
  const bytes = new Uint8Array(BYTES);
  let held = 0, bits = 0, length = 0;
  for (const letter of letters) {
    held = (held << 5) | LETTERS.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  return held === 0 ? bytes : null;
};

const number = (bytes) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

// null for what is no code; what it says is worth nothing before isGenuine() was asked.
export const read = (text) => {
  const [, letters] = text.length < 2000 ? CODE.exec(text.trim().toUpperCase()) ?? [] : [];
  const bytes = letters && decoded(letters);
  if (!bytes || bytes[0] !== VERSION) return null;
  return {
    letters,
    event: number(bytes.subarray(1, 5)),
    ticket: number(bytes.subarray(5, 10)),
    revision: number(bytes.subarray(10, 12)),
    message: new Uint8Array([...DOMAIN, ...bytes.subarray(0, PAYLOAD)]),
    signature: bytes.subarray(PAYLOAD),
  };
};

const verifiers = new Map();

// `key` is the installation's public key, 32 bytes in base64.
export const isGenuine = async ({ message, signature }, key) => {
  if (!verifiers.has(key)) verifiers.set(key, verifier(Uint8Array.from(atob(key), (c) => c.charCodeAt(0))));
  return (await verifiers.get(key))(signature, message);
};

const verifier = async (key) => {
  try {
    const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return (signature, message) => crypto.subtle.verify("Ed25519", imported, signature, message);
  } catch {
    const { verifyAsync } = await import("./noble-ed25519-3.2.0.min.js");
    return (signature, message) => verifyAsync(signature, message, key, { zip215: false });
  }
};
