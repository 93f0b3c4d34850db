// Run by test_evidence_verify.py: verifies every bundle in a folder as the page does; prints {name: findings} as JSON.
// A third argument names a JSON file {name: {pins, content}} of how each is asked for.
import { openAsBlob, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [source, folder] = process.argv.slice(2);
const { NotABundle, checkConsistency, checkInclusion, verifyBundle } = await import(pathToFileURL(source));
const out = {}, how = process.argv[5] ? JSON.parse(readFileSync(process.argv[5], "utf8")) : {};
for (const name of readdirSync(folder)) {
  try {
    const { pins = [], content = null } = how[name] ?? {};
    const own = content === null ? null : await openAsBlob(content);
    out[name] = await verifyBundle(await openAsBlob(join(folder, name)), { pins, content: own });
  } catch (error) {
    out[name] = { none: error instanceof NotABundle, error: String(error) };
  }
}
if (process.argv[4]) {
  const raw = (text) => Uint8Array.from(atob(text ?? ""), (c) => c.charCodeAt(0));
  out.vectors = {};
  for (const v of JSON.parse(await new Response((await openAsBlob(process.argv[4])).stream()).text())) {
    const proof = (v.proof ?? []).map(raw);
    try {
      if ("leafIdx" in v) checkInclusion("sha256", raw(v.leafHash), v.leafIdx, v.treeSize, proof, raw(v.root));
      else checkConsistency("sha256", v.size1, v.size2, proof, raw(v.root1), raw(v.root2));
      out.vectors[v.path] = true;
    } catch {
      out.vectors[v.path] = false;
    }
  }
}
process.stdout.write(JSON.stringify(out));
