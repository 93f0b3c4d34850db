// Verifies an evidence bundle where it lies: in the browser, nothing is sent. The third implementation of the checks,
// beside the platform's and verify.py's; lines and order are those of verify.py. Works on a Blob, slice by slice.
import { concat, digest, ed25519, fromHex, hasher, same, sm2, toHex, utf8 } from "./math.js";
import { Bad, checkToken, readPem } from "./stamp.js";

const FORMAT = "jinzhi-evidence-bundle/1", FAMILIES = ["sha256", "sm3"];
const SMALL = 1 << 20, LARGE = 64 << 20, SLICE = 4 << 20, MOST_FILES = 5000;
const NUMBER = "[1-9][0-9]{3}-(?:0|[1-9][0-9]{0,15})";
const BESIDE = ["certificate.pdf", "verify.py", "README.txt"];
const SINGLE = ["manifest.note", "keys.json", "policy.json", "custody.json", "tsa-roots.pem", ...BESIDE];
const pattern = (text) => new RegExp(`^(?:${text})$`);
const ENTRY = pattern(`entries/(${NUMBER})\\.json`), PROOF = pattern(`entries/(${NUMBER})\\.proof\\.json`);
const CONTENT = pattern(`contents/(${NUMBER})\\.[a-z0-9]{1,8}`), SALT = pattern(`contents/(${NUMBER})\\.salt`);
const POINT = pattern(`checkpoints/(${NUMBER})/(sha256\\.note|sm3\\.note|sha256\\.cosignatures|sm3\\.cosignatures|token\\.tsr)`);
const BETWEEN = pattern(`consistency/(${NUMBER})-([1-9][0-9]{0,15})\\.json`);
const NAME = pattern("[a-z0-9-]+(?:/[a-z0-9-]+)*(?:\\.[a-z0-9]+){0,2}|README\\.txt");
const SM2_KIND = concat(Uint8Array.of(255), utf8("jinzhi-sm2"));

/** The file is no bundle at all. */
export class NotABundle extends Error {}

const bad = (zh, en) => new Bad(zh, en);

// --- texts -----------------------------------------------------------------------------------------------------

function decode(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw bad("不是 UTF-8 文本", "not UTF-8");
  }
}

function raw64(text) {
  if (typeof text !== "string" || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null;
  const plain = atob(text);
  return btoa(plain) === text ? Uint8Array.from(plain, (c) => c.charCodeAt(0)) : null;
}

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value !== null && typeof value === "object") {
    return `{${Object.keys(value).sort().map((k) => `${JSON.stringify(k)}:${canonical(value[k])}`).join()}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw bad("不是规范的 JSON", "not canonical JSON");
  return JSON.stringify(value);
}

function readJson(bytes, end = "") {
  const text = typeof bytes === "string" ? bytes : decode(bytes);
  let value;
  try { value = JSON.parse(text); } catch { value = null; }
  if (value === null || typeof value !== "object" || Array.isArray(value) || canonical(value) + end !== text) {
    throw bad("不是规范的 JSON", "not canonical JSON");
  }
  return value;
}

function list(value) {
  if (!Array.isArray(value)) throw bad("应为列表", "a list is expected");
  return value;
}

function hashes(value) {
  return list(value).map((text) => {
    const out = raw64(text);
    if (!out) throw bad("哈希不是 base64", "a hash is not base64");
    return out;
  });
}

// --- Merkle trees (RFC 9162) --------------------------------------------------------------------------------------

const node = (family, left, right) => digest(family, concat(Uint8Array.of(1), left, right));
const half = (x) => Math.floor(x / 2);

export function checkInclusion(family, leaf, index, size, proof, root) {
  if (!(index >= 0 && index < size)) throw bad(`第 ${index} 条不在 ${size} 条的日志里`, `leaf ${index} is not in a tree of ${size}`);
  if ([leaf, root, ...proof].some((h) => h.length !== 32)) throw bad("证明中有长度不对的哈希", "a hash in the proof has the wrong length");
  let fn = index, sn = size - 1, value = leaf;
  for (const step of proof) {
    if (sn === 0) throw bad("存在证明过长", "the inclusion proof is too long");
    if (fn % 2 || fn === sn) {
      value = node(family, step, value);
      while (fn % 2 === 0 && fn) { fn = half(fn); sn = half(sn); }
    } else {
      value = node(family, value, step);
    }
    fn = half(fn); sn = half(sn);
  }
  if (sn) throw bad("存在证明过短", "the inclusion proof is too short");
  if (!same(value, root)) throw bad("存在证明通向另一个根", "the inclusion proof leads to another root");
}

export function checkConsistency(family, old, now, proof, first, second) {
  if (!(old > 0 && old <= now)) throw bad(`${old} 到 ${now} 之间没有一致性证明`, `no proof leads from ${old} leaves to ${now}`);
  if (old === now) {
    if (proof.length || !same(first, second)) throw bad("同样大小的日志有两个根：日志分叉", "two roots for one size: the log was forked");
    return;
  }
  if ([first, second, ...proof].some((h) => h.length !== 32)) throw bad("证明中有长度不对的哈希", "a hash in the proof has the wrong length");
  const path = Number.isInteger(Math.log2(old)) ? [first, ...proof] : [...proof];
  if (!path.length) throw bad("一致性证明是空的", "the consistency proof is empty");
  let fn = old - 1, sn = now - 1;
  while (fn % 2) { fn = half(fn); sn = half(sn); }
  let fr = path[0], sr = path[0];
  for (const step of path.slice(1)) {
    if (sn === 0) throw bad("一致性证明过长", "the consistency proof is too long");
    if (fn % 2 || fn === sn) {
      fr = node(family, step, fr); sr = node(family, step, sr);
      while (fn % 2 === 0 && fn) { fn = half(fn); sn = half(sn); }
    } else {
      sr = node(family, sr, step);
    }
    fn = half(fn); sn = half(sn);
  }
  if (sn) throw bad("一致性证明过短", "the consistency proof is too short");
  if (!same(fr, first) || !same(sr, second)) {
    throw bad("两个检查点不一致：日志被改写或分叉", "the checkpoints do not agree: the log was rewritten or forked");
  }
}

// --- notes -------------------------------------------------------------------------------------------------------

export function parseKey(text) {
  const parts = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()), no = bad(`“${text}”不是公钥`, `${text} is no verifier key`);
  const material = parts ? raw64(parts[3]) : null;
  if (!material) throw no;
  const isSm2 = material.length === SM2_KIND.length + 65 && same(material.subarray(0, SM2_KIND.length), SM2_KIND)
    && material[SM2_KIND.length] === 4;
  if (!isSm2 && !([1, 4].includes(material[0]) && material.length === 33)) throw no;
  const id = digest("sha256", concat(utf8(`${parts[1]}\n`), material)).slice(0, 4);
  if (toHex(id) !== parts[2]) throw bad(`公钥 ${parts[1]} 的编号不符`, `the id of key ${parts[1]} does not fit`);
  const key = material.slice(isSm2 ? SM2_KIND.length : 1);
  return {
    name: parts[1], id, raw: key, text: text.trim(), kind: isSm2 ? "SM2" : material[0] === 4 ? "witness" : "Ed25519",
    verify: (message, signature) => (isSm2 ? sm2 : ed25519)(key, message, signature),
  };
}

function parseLines(text) {
  if (!text.endsWith("\n")) throw bad("签名行没有结尾换行", "signature lines end in a newline");
  return text.slice(0, -1).split("\n").map((line) => {
    const parts = line.split(" "), raw = parts.length === 3 ? raw64(parts[2]) : null;
    if (parts[0] !== "\u2014" || !raw || raw.length < 5 || !parts[1] || parts[1].includes("+")) {
      throw bad(`签名行格式不对：${line.slice(0, 80)}`, `not a signature line: ${line.slice(0, 80)}`);
    }
    return { name: parts[1], id: raw.slice(0, 4), signature: raw.slice(4) };
  });
}

export function parseNote(bytes) {
  const text = decode(bytes), at = text.lastIndexOf("\n\n");
  if ([...text].some((c) => c < " " && c !== "\n")) throw bad("签名文本含控制字符", "a note holds no control characters");
  if (at < 0) throw bad("不是带签名的文本", "not a signed note");
  return { text: text.slice(0, at + 1), lines: parseLines(text.slice(at + 2)) };
}

function checkSigned(bytes, keys) {
  const { text, lines } = parseNote(bytes);
  if (lines.length !== keys.length) {
    throw bad(`应有 ${keys.length} 个签名，实际 ${lines.length} 个`, `${keys.length} signatures expected, ${lines.length} found`);
  }
  for (const key of keys) {
    const mine = lines.filter((line) => line.name === key.name && same(line.id, key.id));
    if (mine.length !== 1 || !key.verify(utf8(text), mine[0].signature)) {
      throw bad(`${key.kind} 签名不成立（${key.name}）`, `the ${key.kind} signature of ${key.name} does not hold`);
    }
  }
  return text;
}

/** The pair of keys that signed a note; more than one can have the log's name after a rotation. */
function signerOf(bytes, pairs) {
  let why = bad("没有该日志的公钥", "no keys of this log are in the bundle");
  for (const [n, pair] of pairs.entries()) {
    try {
      checkSigned(bytes, pair);
      return pair;
    } catch (error) {
      if (!(error instanceof Bad)) throw error;
      if (n === 0) why = error;
    }
  }
  throw why;
}

function parsePoint(text, year, family) {
  const lines = text.slice(0, -1).split("\n"), tail = `/${year}/${family}`;
  if (lines.length < 3 || lines.some((line) => !line)) throw bad("检查点格式不对", "not a checkpoint");
  if (!lines[0].endsWith(tail) || lines[0] === tail) throw bad(`检查点是另一日志的：${lines[0]}`, `a checkpoint of another log: ${lines[0]}`);
  const root = raw64(lines[2]);
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(lines[1]) || !root || root.length !== 32) throw bad("检查点格式不对", "not a checkpoint");
  return { base: lines[0].slice(0, -tail.length), size: Number(lines[1]), root, text };
}

// --- the archive: exactly the bytes that names and contents make ----------------------------------------------------

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc32(bytes, crc) {
  crc = ~crc;
  for (let i = 0; i < bytes.length; i += 1) crc = CRC[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

function packed(...fields) {
  const out = new DataView(new ArrayBuffer(fields.reduce((sum, [, width]) => sum + width, 0)));
  let at = 0;
  for (const [value, width] of fields) {
    if (width === 2) out.setUint16(at, value, true); else out.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(out.buffer);
}

const localHeader = (name, crc, size) => concat(packed(
  [0x04034b50, 4], [20, 2], [0x800, 2], [0, 2], [0, 2], [0x21, 2], [crc, 4], [size, 4], [size, 4], [name.length, 2], [0, 2],
), name);
const centralHeader = (name, crc, size, offset) => concat(packed(
  [0x02014b50, 4], [20, 2], [20, 2], [0x800, 2], [0, 2], [0, 2], [0x21, 2], [crc, 4], [size, 4], [size, 4],
  [name.length, 2], [0, 2], [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4],
), name);
const endRecord = (count, length, offset) => packed(
  [0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [length, 4], [offset, 4], [0, 2],
);

async function readArchive(blob, progress) {
  const read = async (at, size) => new Uint8Array(await blob.slice(at, at + size).arrayBuffer());
  const mark = Uint8Array.of(0x50, 0x4b, 3, 4);
  if (!same(await read(0, 4), mark)) throw new NotABundle("不是证据包（不是 zip 文件） / not a bundle: no zip file");
  const odd = () => bad(
    "压缩包结构与导出时不同：被改动、截断或重新打包，请使用原始文件",
    "the archive is not as exported: altered, truncated or packed again; use the original file",
  );
  const members = new Map(), directory = [];
  let offset = 0, head;
  for (;;) {
    head = await read(offset, 30);
    if (head.length < 4 || !same(head.subarray(0, 4), mark)) break;
    if (head.length !== 30 || members.size >= MOST_FILES) throw odd();
    const view = new DataView(head.buffer);
    const crc = view.getUint32(14, true), size = view.getUint32(18, true), length = view.getUint16(26, true);
    const raw = await read(offset + 30, length);
    if (!same(concat(head, raw), localHeader(raw, crc, size))) throw odd();
    let name;
    try { name = decode(raw); } catch { throw odd(); }
    if (!NAME.test(name)) throw bad(`文件名不许可：${name}`, `file name not allowed: ${name}`);
    if (members.has(name)) throw bad(`文件 ${name} 出现两次`, `${name} is there twice`);
    const limit = name.startsWith("contents/") ? 0xffffffff : BESIDE.includes(name) ? LARGE : SMALL;
    if (size > limit) throw bad(`文件 ${name} 过大`, `${name} is too large`);
    const start = offset + 30 + length, made = FAMILIES.map(hasher);
    let check = 0;
    for (let at = 0; at < size; at += SLICE) {
      const piece = await read(start + at, Math.min(SLICE, size - at));
      if (piece.length !== Math.min(SLICE, size - at)) throw odd();
      check = crc32(piece, check);
      for (const one of made) one.update(piece);
      progress?.(start + at + piece.length, blob.size);
    }
    if (check !== crc) throw bad(`文件 ${name} 的内容被改动（CRC 不符）`, `${name} was altered (CRC)`);
    members.set(name, { name, start, size, sha256: made[0].digest(), sm3: made[1].digest() });
    directory.push(centralHeader(raw, crc, size, offset));
    offset = start + size;
  }
  const all = concat(...directory);
  const tail = await read(offset, all.length + 23);
  if (!same(tail, concat(all, endRecord(members.size, all.length, offset)))) throw odd();
  return members;
}

// --- the bundle ---------------------------------------------------------------------------------------------------

const order = (number) => number.split("-").map(Number);
const byOrder = (a, b) => { const x = order(a), y = order(b); return x[0] - y[0] || x[1] - y[1]; };
const utc = (ms) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");

class Bundle {
  constructor(blob, members, pins, outside) {
    const found = { lines: [], entry: "", moment: null, demo: false, byGiven: false };
    Object.assign(this, { blob, members, pins, outside, found, given: [], exporter: "", held: new Map() });
    Object.assign(this, { keys: [], pairs: [], witnesses: [], points: new Map(), moments: new Map(), bodies: new Map() });
  }

  say(mark, zh, en) { this.found.lines.push({ mark, zh, en }); }

  async read(name) {
    const member = this.members.get(name);
    if (!member) throw bad(`缺少文件 ${name}`, `${name} is missing`);
    return new Uint8Array(await this.blob.slice(member.start, member.start + member.size).arrayBuffer());
  }

  /** Run one check; what it throws becomes a failed line under its name. Whether it passed. */
  async run(check, zh, en) {
    try {
      await check();
      return true;
    } catch (error) {
      // whatever a hostile file brings about is a failure, never a pass
      if (error instanceof Bad) this.say("failed", `${zh}：${error.zh}`, `${en}: ${error.en}`);
      else this.say("failed", `${zh}：无法读取（${error.name}）`, `${en}: unreadable (${error.name}: ${error.message})`);
      return false;
    }
  }

  async manifest() {
    const said = readJson(parseNote(await this.read("manifest.note")).text, "\n");
    if (said.format !== FORMAT) throw bad(`不认识的格式 ${said.format}`, `unknown format ${said.format}`);
    this.found.entry = String(said.entry);
    this.found.demo = said.demo === true;
    const there = [...this.members.values()].filter((m) => m.name !== "manifest.note")
      .map((m) => ({ path: m.name, length: m.size, sha256: m.sha256, sm3: m.sm3 }));
    if (!Array.isArray(said.files) || [...this.members.keys()].pop() !== "manifest.note") {
      throw bad("清单不在最后或不是列表", "the manifest is not last, or no list");
    }
    const have = new Map(there.map((m) => [m.path, canonical(m)])), told = new Map(said.files.map((m) => [m.path, canonical(m)]));
    for (const [path, one] of told) if (have.get(path) !== one) throw bad(`文件 ${path} 缺失或被改动`, `${path} is missing or was altered`);
    for (const path of have.keys()) if (!told.has(path)) throw bad(`文件 ${path} 不在清单中`, `${path} is not in the manifest`);
    if (canonical(said.files) !== canonical(there)) throw bad("文件次序与清单不同", "the files are not in the manifest's order");
    this.say("proven", `清单：${there.length} 个文件与清单的 SHA-256、SM3 摘要逐一相符，没有多余或缺少的文件`,
      `manifest: all ${there.length} files match their SHA-256 and SM3 digests; none is missing or extra`);
  }

  async loadKeys() {
    const said = readJson(await this.read("keys.json"));
    this.keys = list(said.log).map((k) => parseKey(String(k)));
    this.witnesses = list(said.witnesses).map((k) => parseKey(String(k)));
    for (let i = 0; i < this.keys.length; i += 2) {
      const [one, two] = this.keys.slice(i, i + 2);
      if (!two || one.kind !== "Ed25519" || two.kind !== "SM2" || one.name !== two.name) {
        throw bad("密钥种类不对", "keys of the wrong kinds");
      }
      this.pairs.push([one, two]);
    }
    if (!this.pairs.length || this.witnesses.some((k) => k.kind !== "witness")) throw bad("密钥种类不对", "keys of the wrong kinds");
    const listed = [...this.keys, ...this.witnesses];
    if (new Set(listed.map((k) => k.text)).size !== listed.length) throw bad("同一公钥列了两次", "a key is listed twice");
    if (this.witnesses.some((w) => this.keys.some((k) => same(w.raw, k.raw)))) {
      throw bad("见证者用的是平台自己的密钥", "a witness uses the platform's own key");
    }
    this.given = this.pins.map((pin) => parseKey(pin));
    if (!this.givenOf("Ed25519", "SM2").length) {
      const ids = this.keys.map((k) => `${k.kind} ${k.text}`).join("，");
      this.say("open", `公钥取自证据包本身，请与平台公布的核对（或给定公钥）：${ids}`,
        "the keys are the bundle's own: compare them with those the platform publishes, or give them");
    }
    const strange = listed.filter((k) => !this.isGiven(k));
    if (this.given.length && strange.length) {
      const ids = strange.map((k) => `${k.kind} ${k.text}`).join("，");
      this.say("open", `以下公钥只是列在证据包内，您没有给定，其签名不作数：${ids}`,
        "these keys are only named by the bundle, you have not given them, their signatures count for nothing");
    }
  }

  givenOf(...kinds) { return this.given.filter((k) => kinds.includes(k.kind)); }

  isGiven(key) { return this.given.some((k) => k.text === key.text); }

  /** Throws unless those who signed are those that the reader gave, where keys of a log were given. */
  checkGiven(pair, zh, en) {
    const given = this.givenOf("Ed25519", "SM2"), unknown = pair.filter((k) => !this.isGiven(k));
    // one of the two kinds may be given alone; of a kind that is given for this name no other key will do
    const strange = unknown.some((k) => given.some((g) => g.name === k.name && g.kind === k.kind));
    if (given.length && (strange || unknown.length === pair.length)) {
      const ids = unknown.map((k) => `${k.kind} ${k.text}`).join("，");
      throw bad(`${zh}不是用您给定的公钥签名的，而是 ${ids}`, `${en} is not signed by the keys you gave, but by ${ids}`);
    }
  }

  async signedManifest() {
    const pair = signerOf(await this.read("manifest.note"), this.pairs);
    this.exporter = pair[0].name;
    this.checkGiven(pair, "清单", "the manifest");
    this.say("proven", "清单签名：Ed25519 与 SM2 两个签名都成立，所有文件（含证书文件）均由该公钥的持有者导出",
      "manifest: both signatures hold (Ed25519, SM2); every file was exported by the holder of these keys");
  }

  /** What is by keys that the reader gave; call it last. */
  byGiven() {
    const witnesses = this.givenOf("witness");
    for (const key of witnesses) this.cosignedAll(key);
    if (!this.givenOf("Ed25519", "SM2").length) {
      if (witnesses.length) {
        this.say("open", "您只给定了见证者的公钥：日志确经其见证，但清单由谁签名、由谁导出，仍须与平台公布的公钥核对",
          "you gave keys of witnesses only: whose keys signed the manifest remains to be compared");
      }
      return;
    }
    if (this.found.lines.some((line) => line.mark === "failed")) return;
    this.found.byGiven = true;
    this.say("proven", `公钥：清单与 ${this.points.size} 个检查点都由您给定的公钥签名`,
      `keys: the manifest and all ${this.points.size} checkpoints are signed by keys that you gave`);
  }

  /** A witness that the reader gave cosigned every checkpoint, or a later one that extends it. */
  cosignedAll(key) {
    const covered = new Set();
    for (const label of [...this.points.keys()].sort(byOrder).reverse()) {
      const year = label.split("-")[0], held = this.held.get(label);
      if (held && FAMILIES.some((f) => held[f].has(key.text))) covered.add(year);
      if (!covered.has(year)) {
        throw bad(`您给定的见证者 ${key.name} 没有共同签名检查点 ${label}`,
          `the witness ${key.name} that you gave did not cosign checkpoint ${label}`);
      }
    }
  }

  names(kind) { return [...this.members.keys()].map((n) => kind.exec(n)?.[1]).filter((n) => n !== undefined); }

  knownFiles() {
    const entries = this.names(ENTRY).sort(byOrder), proofs = this.names(PROOF).sort(byOrder);
    for (const name of this.members.keys()) {
      const content = SALT.exec(name) ?? CONTENT.exec(name);
      const known = SINGLE.includes(name) || ENTRY.test(name) || PROOF.test(name) || BETWEEN.test(name) || POINT.test(name)
        || (content && entries.includes(content[1]));
      if (!known) throw bad(`文件 ${name} 没有含义`, `${name} has no meaning in a bundle`);
    }
    if (entries.join() !== proofs.join() || !entries.includes(this.found.entry)) {
      throw bad("条目与证明不成对，或缺少主条目", "entries and proofs do not pair, or the main entry is missing");
    }
    this.numbers = entries;
  }

  /** How many witnesses are needed, and of whom: by key the trees that each of them cosigns. */
  async policy() {
    const { need, of, trees = {} } = readJson(await this.read("policy.json"));
    const ones = FAMILIES.map((f) => canonical([f]));
    const fits = Number.isSafeInteger(need) && need >= 0 && new Set(list(of)).size === of.length
      && trees !== null && typeof trees === "object" && !Array.isArray(trees)
      && Object.keys(trees).every((k) => of.includes(k) && ones.includes(canonical(trees[k])));
    if (!fits) throw bad("见证规则格式不对", "the witness policy is malformed");
    return { need, of: of.map((k) => [String(k), Object.hasOwn(trees, k) ? trees[k] : FAMILIES]) };
  }

  async loadPoints() {
    const { need, of } = await this.policy();
    const roots = this.members.has("tsa-roots.pem") ? readPem(decode(await this.read("tsa-roots.pem"))) : [];
    const used = new Set();
    for (const n of this.numbers) used.add(String(readJson(await this.read(`entries/${n}.proof.json`)).checkpoint));
    const there = [...new Set(this.names(POINT))].sort(byOrder);
    if ([...used].sort().join() !== there.slice().sort().join()) {
      throw bad("检查点与条目不对应", "checkpoints and entries do not belong together");
    }
    for (const root of roots) {
      const mark = toHex(digest("sha256", root.raw));
      this.say("open", `时间戳根证书“${root.name}”取自证据包，请与该机构公布的核对：SHA-256 ${mark}`,
        `the root of the time stamps, ${root.name}, is the bundle's own: compare its SHA-256 ${mark}`);
    }
    for (const label of there) {
      await this.run(() => this.loadPoint(label, roots), `检查点 ${label}`, `checkpoint ${label}`);
      await this.run(() => this.cosigned(label, need, of), `检查点 ${label} 的见证`, `witnesses of checkpoint ${label}`);
    }
  }

  async loadPoint(label, roots) {
    const [year, size] = label.split("-"), notes = {}, points = {};
    for (const family of FAMILIES) {
      notes[family] = await this.read(`checkpoints/${label}/${family}.note`);
      points[family] = parsePoint(parseNote(notes[family]).text, year, family);
      const pair = signerOf(notes[family], this.pairs.filter((p) => p[0].name === points[family].base));
      this.checkGiven(pair, "检查点", "the checkpoint");
    }
    if (points.sha256.base !== points.sm3.base || FAMILIES.some((f) => points[f].size !== Number(size))) {
      throw bad("两个检查点说的不是同一日志", "the two notes are not of one log");
    }
    this.points.set(label, points);
    const log = `${points.sha256.base}/${year}`;
    this.say("proven", `检查点 ${label}：日志 ${log} 共 ${size} 条，SHA-256 与 SM3 两个根各有 Ed25519、SM2 签名且都成立`,
      `checkpoint ${label}: log ${log} with ${size} entries; both roots are signed by both keys`);
    if (!this.members.has(`checkpoints/${label}/token.tsr`)) {
      this.say("open", `检查点 ${label} 没有时间戳：不声称第三方时间，只有平台自己记录的时间`,
        `checkpoint ${label} has no time stamp: no time by a third party is claimed`);
      return;
    }
    const imprint = digest("sha256", concat(notes.sha256, notes.sm3));
    const [moment, name] = checkToken(await this.read(`checkpoints/${label}/token.tsr`), imprint, roots);
    this.moments.set(label, moment);
    this.say("proven", `时间戳（RFC 3161）：检查点 ${label} 在 ${utc(moment)} UTC 之前已存在，签发者“${name}”`,
      `time stamp (RFC 3161): checkpoint ${label} existed at ${utc(moment)} UTC, says ${name}`);
  }

  async cosigned(label, need, of) {
    const last = await this.cosignatures(label), held = this.held.get(label);
    const anyone = new Set([...held.sha256, ...held.sm3]);
    const counted = of.filter(([key, trees]) => trees.every((f) => held[f].has(key))).length;
    if (counted < need) {
      const uneven = [...anyone].some((k) => !held.sha256.has(k) || !held.sm3.has(k));
      const half = uneven ? "，有见证者只签了两个根中的一个" : "";
      throw bad(`规则要求 ${need} 位见证者，只有 ${counted} 位${half}`, `${need} witnesses needed, ${counted} found`);
    }
    const strange = [...anyone].filter((k) => this.given.length && !this.given.some((g) => g.text === k));
    const known = [...anyone].filter((k) => !strange.includes(k));
    if (known.length) {
      const [zh, en] = this.named(known, held);
      this.say("proven",
        `见证：${known.length} 位见证者核对一致性后共同签名（规则要求 ${need} 位），最晚 ${utc(last * 1000)} UTC：${zh}`,
        `witnesses: ${known.length} cosigned after a consistency check (${need} needed): ${en}`);
    }
    if (strange.length) {
      const [zh, en] = this.named(strange, held);
      this.say("open", `检查点 ${label} 另有 ${strange.length} 位见证者的签名，其公钥您没有给定，不作数：${zh}`,
        `checkpoint ${label} is cosigned by witnesses whose keys you have not given: ${en}`);
    }
    if (!anyone.size) {
      this.say("open", `检查点 ${label} 没有外部见证：整个数据库被换回旧版本时，本包不能单独发现`,
        `checkpoint ${label} has no witness: a roll-back of the whole log is not ruled out by this bundle`);
    }
  }

  /** The names of witnesses, each with its tree where it cosigned one of the two only. */
  named(keys, held) {
    const all = keys.map((k) => [parseKey(k).name, k]).sort((a, b) => (a < b ? -1 : 1)).map(([name, key]) => {
      const trees = FAMILIES.filter((f) => held[f].has(key)), tree = { sha256: "SHA-256", sm3: "SM3" }[trees[0]];
      return trees.length === 2 ? [name, name] : [`${name}（仅 ${tree} 树）`, `${name} (${tree} tree only)`];
    });
    return [all.map((one) => one[0]).join("、"), all.map((one) => one[1]).join(", ")];
  }

  /** Check every line of the witnesses under a checkpoint, and note whose they are; gives the last moment. */
  async cosignatures(label) {
    const held = { sha256: new Set(), sm3: new Set() };
    let last = 0;
    this.held.set(label, { sha256: new Set(), sm3: new Set() });
    for (const family of FAMILIES) {
      const name = `checkpoints/${label}/${family}.cosignatures`;
      if (!this.members.has(name)) continue;
      for (const line of parseLines(decode(await this.read(name)))) {
        const key = this.witnesses.find((k) => k.name === line.name && same(k.id, line.id));
        if (!key) throw bad(`见证者 ${line.name} 的公钥不在证据包中`, `no key of witness ${line.name}`);
        const moment = Number(new DataView(line.signature.buffer, line.signature.byteOffset).getBigUint64(0));
        const message = utf8(`cosignature/v1\ntime ${moment}\n${this.points.get(label)[family].text}`);
        const fits = line.signature.length === 72 && moment > 0 && Number.isSafeInteger(moment);
        if (!fits || !key.verify(message, line.signature.slice(8))) {
          throw bad(`见证者 ${line.name} 的签名不成立`, `the cosignature of ${line.name} does not hold`);
        }
        if (held[family].has(key.text)) throw bad(`见证者 ${line.name} 签了两次`, `${line.name} cosigned twice`);
        held[family].add(key.text);
        last = Math.max(last, moment);
      }
    }
    this.held.set(label, held);
    return last;
  }

  async between() {
    const labels = [...this.points.keys()].sort(byOrder), expected = new Set();
    for (let i = 1; i < labels.length; i += 1) {
      const [old, now] = [labels[i - 1], labels[i]];
      if (old.split("-")[0] !== now.split("-")[0]) continue;
      const name = `consistency/${old}-${now.split("-")[1]}.json`;
      expected.add(name);
      const said = readJson(await this.read(name));
      for (const family of FAMILIES) {
        const one = this.points.get(old)[family], two = this.points.get(now)[family];
        if (one.base !== two.base) throw bad("两个检查点属于不同日志", "checkpoints of different logs");
        checkConsistency(family, one.size, two.size, hashes(said[family]), one.root, two.root);
      }
    }
    const there = [...this.members.keys()].filter((n) => n.startsWith("consistency/"));
    if (there.length !== expected.size || there.some((n) => !expected.has(n))) {
      throw bad("一致性证明与检查点不对应", "consistency proofs and checkpoints do not belong together");
    }
    if (expected.size) {
      this.say("proven", `一致性：${labels.length} 个检查点属于同一条只增不改的日志`,
        `consistency: the ${labels.length} checkpoints are of one log that only grew`);
    }
  }

  async entry(number) {
    const raw = await this.read(`entries/${number}.json`), body = readJson(raw);
    const proof = readJson(await this.read(`entries/${number}.proof.json`));
    const [year, index] = number.split("-"), label = String(proof.checkpoint), points = this.points.get(label);
    if (label.split("-")[0] !== year || !points || Object.keys(proof).sort().join() !== "checkpoint,sha256,sm3") {
      throw bad("证明不属于该条目的检查点", "the proof is not for a checkpoint of this entry that holds");
    }
    for (const family of FAMILIES) {
      const leaf = digest(family, concat(Uint8Array.of(0), raw));
      checkInclusion(family, leaf, Number(index), points[family].size, hashes(proof[family]), points[family].root);
    }
    const told = ["kind", "object", "at", "actor"].map((k) => {
      if (typeof body[k] !== "string") throw bad("条目缺少必要的项", "the entry lacks a member");
      return body[k];
    }).join("，");
    this.bodies.set(number, body);
    if (number === this.found.entry) {
      this.found.moment = this.moments.get(label) ?? null;
      const { base } = points.sha256;
      if (base !== this.exporter) {
        throw bad(`主条目属于日志 ${base}，清单却由 ${this.exporter} 的公钥签名`,
          `the main entry is of another log than ${this.exporter}, whose keys signed the manifest`);
      }
    }
    this.say("proven", `条目 ${number}：在检查点 ${label} 的 SHA-256、SM3 两棵树中（${told}）`,
      `entry ${number}: in both trees of checkpoint ${label} (${told})`);
  }

  async content(number) {
    const body = this.bodies.get(number), saltName = `contents/${number}.salt`;
    const names = [...this.members.keys()].filter((n) => CONTENT.exec(n)?.[1] === number && !SALT.test(n));
    let salt = new Uint8Array(0);
    if (this.members.has(saltName)) {
      if (body.salted !== true) throw bad("未加盐的条目带了盐", "a salt for an entry that has none");
      salt = await this.read(saltName);
    }
    if (names.length > 1) throw bad("同一条目有多份内容", "several contents for one entry");
    if (names.length) {
      const { start, size, ...known } = this.members.get(names[0]);
      const found = salt.length ? await this.hashed(this.blob, start, size, salt) : known; // hashed when the archive was read
      this.compare(number, size, found, salt, false);
    }
    if (this.outside && number === this.found.entry) {
      const { size } = this.outside;
      this.compare(number, size, await this.hashed(this.outside, 0, size, salt), salt, true);
    } else if (!names.length) {
      this.say("open", `条目 ${number} 的内容不在包内：只证明摘要 SHA-256 ${body.sha256}、SM3 ${body.sm3} 已登记`,
        `the content of entry ${number} is not in the bundle: only its digests are proven`);
    }
  }

  async hashed(from, start, size, salt) {
    const made = FAMILIES.map((family) => hasher(family).update(salt));
    for (let at = 0; at < size; at += SLICE) {
      const piece = new Uint8Array(await from.slice(start + at, start + Math.min(size, at + SLICE)).arrayBuffer());
      for (const one of made) one.update(piece);
    }
    return { sha256: made[0].digest(), sm3: made[1].digest() };
  }

  compare(number, size, found, salt, own) {
    const body = this.bodies.get(number);
    if (size !== body.length || found.sha256 !== body.sha256 || found.sm3 !== body.sm3) {
      if (body.salted === true && !salt.length) throw bad("缺少盐，无法核对内容", "the salt is missing: the content cannot be compared");
      if (own) throw bad("您给定的原文件的内容与登记的摘要不符", "the file that you gave is not what was recorded");
      throw bad("内容与登记的摘要不符", "the content is not what was recorded");
    }
    if (own) {
      this.say("proven", `原文件：您给定的 ${size} 字节就是条目 ${number} 登记的内容`,
        `original: the ${size} bytes that you gave are those recorded as entry ${number}`);
      return;
    }
    this.say("proven", `内容：条目 ${number} 的 ${size} 字节与登记的 SHA-256、SM3 摘要相符，登记后未改动`,
      `content: the ${size} bytes of entry ${number} are those recorded (SHA-256 and SM3)`);
  }

  async custody() {
    const { entries, stream } = readJson(await this.read("custody.json")), numbers = list(entries).map(String);
    const main = this.bodies.get(this.found.entry);
    let named = numbers.includes(this.found.entry), prev = { sha256: "", sm3: "" };
    if (!main || main.object !== stream) throw bad("流转记录属于另一对象", "the custody list is of another object");
    for (let i = 0; i < numbers.length; i += 1) {
      const number = numbers[i], body = this.bodies.get(number);
      if (!body) throw bad(`流转记录的条目 ${number} 未得到证明`, `custody entry ${number} is not proven`);
      const event = readJson(await this.read(`contents/${number}.json`));
      if (event.stream !== stream || event.seq !== i + 1 || body.object !== stream || body.kind !== "event") {
        throw bad(`流转记录缺失、错位或属于别的对象（第 ${i + 1} 条）`, `custody row ${i + 1} is missing or misplaced`);
      }
      if (canonical(event.prev) !== canonical(prev)) {
        throw bad(`流转记录第 ${i + 1} 条不接上一条`, `custody row ${i + 1} does not link to the one before`);
      }
      prev = { sha256: body.sha256, sm3: body.sm3 };
      const held = event.data?.content;
      if (held && FAMILIES.every((f) => held[f] === main[f])) named = true;
    }
    if (!numbers.length || !named) throw bad("流转记录没有说到这份内容", "the custody list does not name this content");
    this.say("proven", `流转：${stream} 从第 1 条到第 ${numbers.length} 条首尾相连，无缺漏；之后是否还有新的流转，本包不声称`,
      `custody: rows 1 to ${numbers.length} of ${stream} link without a gap; later ones are not ruled out`);
  }

  async verify() {
    if (!(await this.run(() => this.manifest(), "清单", "manifest"))) return;
    if (!(await this.run(() => this.loadKeys(), "公钥", "keys"))) return;
    await this.run(() => this.signedManifest(), "清单签名", "manifest");
    if (!(await this.run(() => this.knownFiles(), "文件", "files"))) return;
    await this.run(() => this.loadPoints(), "检查点", "checkpoints");
    await this.run(() => this.between(), "一致性", "consistency");
    for (const number of this.numbers) {
      if (await this.run(() => this.entry(number), `条目 ${number}`, `entry ${number}`)) {
        await this.run(() => this.content(number), `内容 ${number}`, `content ${number}`);
      }
    }
    if (this.members.has("custody.json")) await this.run(() => this.custody(), "流转", "custody");
    else this.say("open", "包内没有流转记录", "no custody list is in the bundle");
    await this.run(() => this.byGiven(), "公钥", "keys");
    this.say("open", "登记之前的事不在证明之内：由谁、用什么设备、在什么环境、从何处取得，须另行查明",
      "what happened before recording is not proven: who took it, with which device, where from is asked apart");
    if (this.found.demo) this.say("open", "这是演示数据", "this is demonstration data");
  }
}

/** {lines: [{mark, zh, en}], entry, moment, demo, ok, verdict: "proven", "intact" or "failed"}. Throws NotABundle; everything else is a line. */
export async function verifyBundle(blob, { pins = [], content = null, progress = null } = {}) {
  let bundle = new Bundle(blob, new Map(), pins, content);
  try {
    bundle = new Bundle(blob, await readArchive(blob, progress), pins, content);
    await bundle.verify();
  } catch (error) {
    if (!(error instanceof Bad)) throw error;
    bundle.say("failed", `压缩包：${error.zh}`, `archive: ${error.en}`);
  }
  const marks = bundle.found.lines.map((line) => line.mark);
  const ok = marks.includes("proven") && !marks.includes("failed");
  return { ...bundle.found, ok, verdict: !ok ? "failed" : bundle.found.byGiven ? "proven" : "intact" };
}

export { fromHex };
