// The pixels of a picture -> the text of the QR code in it, or null. One scanner for each size keeps its memory: a door's
// phone decodes for hours.
import { _QRScanner as Scanner } from "./qr-decode-0.7.0.min.js";

const scanners = new Map();

const scannerFor = (width, height) => {
  const size = `${width}x${height}`;
  if (!scanners.has(size)) {
    if (scanners.size > 4) scanners.clear();
    scanners.set(size, new Scanner({ maxSize: { width, height } }));
  }
  return scanners.get(size);
};

export const decode = ({ width, height, data }) => {
  const scanner = scannerFor(width, height);
  scanner.addImage({ width, height, data }, "RGBA");
  const [found] = scanner.decode();
  return typeof found === "string" ? found : null;
};
