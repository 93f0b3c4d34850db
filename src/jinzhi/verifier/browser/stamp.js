// Time stamps (RFC 3161, RFC 5816): DER, X.509 and CMS as far as a token needs them. The checks are verify.py's.
import { P256, P384, concat, digest, ecdsa, number, rsa, same } from "./math.js";

/** A check failed: in Chinese and in English. */
export class Bad extends Error {
  constructor(zh, en) { super(en); this.zh = zh; this.en = en; }
}

const notDer = () => new Bad("时间戳或证书的编码不对", "time stamp or certificate is not proper DER");

class Der {
  constructor(tag, body, raw) { this.tag = tag; this.body = body; this.raw = raw; }

  parts(tag = 0x30) {
    if (this.tag !== tag) throw notDer();
    const out = [];
    for (let at = 0; at < this.body.length;) {
      const part = readDer(this.body.subarray(at));
      out.push(part);
      at += part.raw.length;
    }
    return out;
  }

  get oid() {
    if (this.tag !== 6 || !this.body.length || this.body[this.body.length - 1] & 0x80) throw notDer();
    const numbers = [];
    let value = 0;
    for (const byte of this.body) {
      value = value * 128 + (byte & 0x7f);
      if (!(byte & 0x80)) { numbers.push(value); value = 0; }
    }
    const first = Math.min(Math.floor(numbers[0] / 40), 2);
    return [first, numbers[0] - 40 * first, ...numbers.slice(1)].join(".");
  }

  get number() {
    if (this.tag !== 2 || !this.body.length) throw notDer();
    return BigInt.asIntN(this.body.length * 8, number(this.body));
  }

  /** Milliseconds since 1970. */
  get time() {
    const text = String.fromCharCode(...this.body);
    const found = this.tag === 0x17 ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
      : this.tag === 0x18 ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,6})?Z$/.exec(text) : null;
    if (!found) throw notDer();
    const [, y, m, d, h, min, s, part] = found;
    const year = this.tag === 0x17 ? Number(y) + (Number(y) < 50 ? 2000 : 1900) : Number(y);
    const out = Date.UTC(year, m - 1, d, h, min, s) + Number(part ?? 0) * 1000;
    const back = new Date(out);
    if (back.getUTCMonth() !== m - 1 || back.getUTCDate() !== Number(d) || h > 23 || min > 59 || s > 59) throw notDer();
    return out;
  }
}

function readDer(data) {
  if (data.length < 2 || (data[0] & 0x1f) === 0x1f) throw notDer();
  let length = data[1], at = 2;
  if (length & 0x80) {
    const width = length & 0x7f;
    if (width < 1 || width > 4 || data.length < 2 + width) throw notDer();
    length = Number(number(data.subarray(2, 2 + width)));
    at = 2 + width;
    if (length < 0x80 || data[2] === 0) throw notDer();
  }
  if (data.length < at + length) throw notDer();
  return new Der(data[0], data.subarray(at, at + length), data.subarray(0, at + length));
}

export function wholeDer(data) {
  const value = readDer(data);
  if (value.raw.length !== data.length) throw notDer();
  return value;
}

const HASHES = {
  "1.3.14.3.2.26": "sha1", "2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};
const RSA = { "1.2.840.113549.1.1.11": "sha256", "1.2.840.113549.1.1.12": "sha384", "1.2.840.113549.1.1.13": "sha512" };
const ECDSA = { "1.2.840.10045.4.3.2": "sha256", "1.2.840.10045.4.3.3": "sha384", "1.2.840.10045.4.3.4": "sha512" };
const CURVES = { "1.2.840.10045.3.1.7": P256, "1.3.132.0.34": P384 };
const KNOWN = ["2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.32"];

class Certificate {
  constructor(raw) {
    this.raw = raw;
    const whole = wholeDer(raw).parts();
    if (whole.length !== 3) throw notDer();
    const [tbs, algorithm, bits] = whole;
    let parts = tbs.parts();
    if (parts[0].tag === 0xa0) parts = parts.slice(1);
    const [serial, inner, issuer, validity, subject, key, ...rest] = parts;
    if (!same(inner.raw, algorithm.raw) || bits.tag !== 3 || bits.body[0] !== 0) throw notDer();
    Object.assign(this, { signed: tbs.raw, algorithm, signature: bits.body.subarray(1), serial: serial.number });
    Object.assign(this, { issuer: issuer.raw, subject, key, extensions: new Map() });
    [this.since, this.until] = validity.parts().map((part) => part.time);
    for (const part of rest) {
      if (part.tag !== 0xa3) continue;
      for (const entry of part.parts(0xa3)[0].parts()) {
        const [kind, ...values] = entry.parts(), value = values[values.length - 1];
        if (this.extensions.has(kind.oid)) throw notDer();
        this.extensions.set(kind.oid, [values.length > 1 && values[0].body[0] === 0xff, value.body]);
      }
    }
  }

  get name() {
    let out = "?";
    for (const part of this.subject.parts()) {
      for (const pair of part.parts(0x31)) {
        const [kind, value] = pair.parts();
        const text = new TextDecoder(value.tag === 0x1e ? "utf-16be" : "utf-8").decode(value.body);
        if (kind.oid === "2.5.4.3") return text;
        out = text;
      }
    }
    return out;
  }

  maySignCertificates(below) {
    const basic = this.extensions.get("2.5.29.19"), usage = this.extensions.get("2.5.29.15");
    const parts = basic ? wholeDer(basic[1]).parts() : [];
    if (!parts.length || !same(parts[0].raw, [1, 1, 0xff])) return false;
    if (parts.length > 1 && parts[1].number < BigInt(below)) return false;
    if (!usage) return true;
    const bits = wholeDer(usage[1]).body;
    return bits.length > 1 && Boolean(bits[1] & 4);
  }
}

function checkSignature(key, algorithm, hashName, content, signature) {
  const oid = algorithm.parts()[0].oid, [spec, bits] = key.parts(), [kind, ...parameters] = spec.parts();
  const name = RSA[oid] ?? ECDSA[oid] ?? (oid === "1.2.840.113549.1.1.1" ? hashName : undefined);
  if (!["sha256", "sha384", "sha512"].includes(name)) {
    throw new Bad(`本页面不认识签名算法 ${oid}`, `signature algorithm ${oid} is not known to this page`);
  }
  const hashed = digest(name, content), material = bits.body.subarray(1);
  let holds;
  if (kind.oid === "1.2.840.113549.1.1.1" && !(oid in ECDSA)) {
    const [n, e] = wholeDer(material).parts().map((part) => part.number);
    holds = rsa(n, e, name, hashed, signature);
  } else if (kind.oid === "1.2.840.10045.2.1" && oid in ECDSA && parameters.length && CURVES[parameters[0].oid]) {
    const [r, s] = wholeDer(signature).parts().map((part) => part.number);
    holds = ecdsa(CURVES[parameters[0].oid], material, hashed, r, s);
  } else {
    throw new Bad("本页面不认识证书的公钥", "the certificate's key is of a kind not known to this page");
  }
  if (!holds) throw new Bad("时间戳或证书的签名不成立", "a signature in the time stamp does not hold");
}

function checkChain(leaf, pool, roots, moment, depth = 0) {
  if (moment < leaf.since || moment > leaf.until) {
    throw new Bad(`证书“${leaf.name}”在盖戳时不在有效期内`, `certificate ${leaf.name} was not valid at that time`);
  }
  if ([...leaf.extensions].some(([oid, [critical]]) => critical && !KNOWN.includes(oid))) {
    throw new Bad(`证书“${leaf.name}”有不认识的关键扩展`, `${leaf.name} has an unknown critical extension`);
  }
  if (roots.some((root) => same(root.raw, leaf.raw))) return;
  for (const issuer of [...roots, ...pool]) {
    if (!same(issuer.subject.raw, leaf.issuer) || !issuer.maySignCertificates(depth) || depth > 5) continue;
    try {
      checkSignature(issuer.key, leaf.algorithm, null, leaf.signed, leaf.signature);
      checkChain(issuer, pool, roots, moment, depth + 1);
      return;
    } catch (error) {
      if (!(error instanceof Bad)) throw error;
    }
  }
  throw new Bad("时间戳证书链不通向所给的根证书", "the time stamp's certificates do not lead to the given root");
}

export function readPem(text) {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => {
    const plain = atob(block.replace(/-----[A-Z ]+-----|\s/g, ""));
    return new Certificate(Uint8Array.from(plain, (c) => c.charCodeAt(0)));
  });
}

/** [milliseconds since 1970, authority] of a response over a SHA-256 digest. Throws Bad. */
export function checkToken(token, imprint, roots) {
  const [status, info] = wholeDer(token).parts();
  if (status.parts()[0].number !== 0n) throw new Bad("时间戳机构没有给出时间戳", "the authority granted no time stamp");
  const [kind, wrapped] = info.parts();
  if (kind.oid !== "1.2.840.113549.1.7.2") throw notDer();
  const [signed] = wrapped.parts(0xa0), [version, algorithms, capsule, ...rest] = signed.parts();
  const [contentKind, contentWrapped] = capsule.parts(), [content] = contentWrapped.parts(0xa0);
  if (contentKind.oid !== "1.2.840.113549.1.9.16.1.4" || content.tag !== 4) throw notDer();
  const told = wholeDer(content.body).parts(), [imprintKind, hashed] = told[2].parts(), moment = told[4].time;
  if (HASHES[imprintKind.parts()[0].oid] !== "sha256" || !same(hashed.body, imprint)) {
    throw new Bad("时间戳针对的是另一份内容", "the time stamp is over something else");
  }
  const pool = rest.filter((part) => part.tag === 0xa0).flatMap((part) => part.parts(0xa0))
    .map((part) => new Certificate(part.raw));
  const signers = rest[rest.length - 1].parts(0x31);
  if (signers.length !== 1) throw notDer();
  const [signerVersion, sid, hashAlgorithm, attributes, algorithm, signature] = signers[0].parts();
  const hashName = HASHES[hashAlgorithm.parts()[0].oid];
  if (version.number !== 3n || signerVersion.number !== 1n || told[0].number !== 1n || signature.tag !== 4) throw notDer();
  if (!hashName || hashName === "sha1" || !algorithms.parts(0x31).some((a) => same(a.raw, hashAlgorithm.raw))) {
    throw notDer();
  }
  const values = new Map();
  for (const attribute of attributes.parts(0xa0)) {
    const [name, held] = attribute.parts(), all = held.parts(0x31);
    if (all.length !== 1) throw notDer();
    values.set(name.oid, all[0]);
  }
  if (values.get("1.2.840.113549.1.9.3").oid !== contentKind.oid) throw notDer();
  if (!same(values.get("1.2.840.113549.1.9.4").body, digest(hashName, content.body))) {
    throw new Bad("时间戳的内容被改动", "the time stamp's content was altered");
  }
  const [issuer, serial] = sid.parts();
  const leaf = pool.find((one) => same(one.issuer, issuer.raw) && one.serial === serial.number);
  if (!leaf) throw notDer();
  const v2 = values.get("1.2.840.113549.1.9.16.2.47"), v1 = values.get("1.2.840.113549.1.9.16.2.12");
  const first = (v2 ?? v1).parts()[0].parts()[0].parts();
  const named = v2 && first[0].tag === 0x30 ? HASHES[first[0].parts()[0].oid] : v2 ? "sha256" : "sha1";
  if (!same((v2 && first[0].tag === 0x30 ? first[1] : first[0]).body, digest(named, leaf.raw))) {
    throw new Bad("时间戳未绑定签发它的证书", "the time stamp is not bound to its certificate");
  }
  const usage = leaf.extensions.get("2.5.29.37");
  const uses = usage?.[0] ? wholeDer(usage[1]).parts().map((part) => part.oid) : [];
  if (uses.join() !== "1.3.6.1.5.5.7.3.8") {
    throw new Bad("证书不是专用于时间戳的", "the certificate is not one for time stamps alone");
  }
  checkSignature(leaf.key, algorithm, hashName, concat(Uint8Array.of(0x31), attributes.raw.subarray(1)), signature.body);
  checkChain(leaf, pool, roots, moment);
  return [moment, leaf.name];
}
