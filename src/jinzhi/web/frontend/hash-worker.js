// Hashes a file by slices beside the page, so that the page does not freeze. {file} → {done} … {sha256, sm3}.
import { Sha256 } from "../../verifier/browser/sha256.js";
import { Sm3 } from "../../verifier/browser/sm3.js";

const SLICE = 4 * 1024 * 1024;

self.onmessage = async (event) => {
  const { file } = event.data;
  const sha256 = new Sha256(), sm3 = new Sm3();
  try {
    for (let at = 0; at < file.size; at += SLICE) {
      const bytes = new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer());
      sha256.update(bytes);
      sm3.update(bytes);
      self.postMessage({ done: at + bytes.length });
    }
    self.postMessage({ sha256: sha256.digest(), sm3: sm3.digest() });
  } catch (error) {
    self.postMessage({ error: String(error) }); // the file was moved or changed while it was read
  }
};
