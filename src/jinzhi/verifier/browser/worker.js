// Verifies a bundle beside the page. {file, pins, content} → {done, of} … {result} or {none} or {error}.
import { NotABundle, verifyBundle } from "./bundle.js";

self.onmessage = async ({ data }) => {
  try {
    const progress = (done, of) => self.postMessage({ done, of });
    self.postMessage({ result: await verifyBundle(data.file, { pins: data.pins, content: data.content, progress }) });
  } catch (error) {
    if (error instanceof NotABundle) self.postMessage({ none: true });
    else self.postMessage({ error: String(error) }); // the file was moved or changed while it was read
  }
};
