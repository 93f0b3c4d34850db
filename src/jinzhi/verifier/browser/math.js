// Signatures in plain JavaScript: Ed25519, SM2, ECDSA, RSA; SHA-384 and SHA-512. For checking only.
// Our own, because WebCrypto knows no SM2, older office browsers know no Ed25519 in it, and a page that is served
// over plain http in an intranet has no WebCrypto at all. Nothing here handles a secret, so timing does not matter.
import { Sha256 } from "./sha256.js";
import { Sm3 } from "./sm3.js";

export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const toHex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
export const utf8 = (text) => new TextEncoder().encode(text);
export const number = (bytes) => (bytes.length ? BigInt("0x" + toHex(bytes)) : 0n);

export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { out.set(part, at); at += part.length; }
  return out;
}

export const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

// --- hashes ----------------------------------------------------------------------------------------------------

const MASK = (1n << 64n) - 1n;
const primes = [];
for (let n = 2; primes.length < 80; n += 1) if (primes.every((p) => n % p)) primes.push(n);

/** The whole part of the k-th root, by Newton's method from above. */
function root(value, k) {
  let x = 1n << BigInt(Math.ceil(value.toString(2).length / Number(k)));
  for (;;) {
    const next = ((k - 1n) * x + value / x ** (k - 1n)) / k;
    if (next >= x) return x;
    x = next;
  }
}

// the first 64 bits of the fractions of the roots of the first primes (FIPS 180-4)
const K512 = primes.map((p) => root(BigInt(p) << 192n, 3n) & MASK);
const FIRST = {
  sha512: primes.slice(0, 8).map((p) => root(BigInt(p) << 128n, 2n) & MASK),
  sha384: primes.slice(8, 16).map((p) => root(BigInt(p) << 128n, 2n) & MASK),
};
const rotr = (x, n) => ((x >> n) | (x << (64n - n))) & MASK;

function sha512(bytes, name) {
  const padded = new Uint8Array((((bytes.length + 17 + 127) / 128) | 0) * 128);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
  const state = FIRST[name].slice();
  for (let at = 0; at < padded.length; at += 128) {
    const w = Array.from({ length: 16 }, (_, j) => view.getBigUint64(at + 8 * j));
    for (let j = 16; j < 80; j += 1) {
      const x = w[j - 15], y = w[j - 2];
      const s0 = rotr(x, 1n) ^ rotr(x, 8n) ^ (x >> 7n), s1 = rotr(y, 19n) ^ rotr(y, 61n) ^ (y >> 6n);
      w.push((w[j - 16] + s0 + w[j - 7] + s1) & MASK);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let j = 0; j < 80; j += 1) {
      const t1 = h + (rotr(e, 14n) ^ rotr(e, 18n) ^ rotr(e, 41n)) + ((e & f) ^ (~e & MASK & g)) + K512[j] + w[j];
      const t2 = (rotr(a, 28n) ^ rotr(a, 34n) ^ rotr(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g; g = f; f = e; e = (d + t1) & MASK; d = c; c = b; b = a; a = (t1 + t2) & MASK;
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] = (state[i] + value) & MASK; });
  }
  const hex = state.map((x) => x.toString(16).padStart(16, "0")).join("");
  return fromHex(name === "sha384" ? hex.slice(0, 96) : hex);
}

function sha1(bytes) {
  const padded = new Uint8Array((((bytes.length + 9 + 63) / 64) | 0) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer), turn = (x, n) => (x << n) | (x >>> (32 - n));
  view.setUint32(padded.length - 4, bytes.length * 8);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let at = 0; at < padded.length; at += 64) {
    const w = Array.from({ length: 16 }, (_, j) => view.getInt32(at + 4 * j));
    for (let j = 16; j < 80; j += 1) w.push(turn(w[j - 3] ^ w[j - 8] ^ w[j - 14] ^ w[j - 16], 1));
    let [a, b, c, d, e] = state;
    for (let j = 0; j < 80; j += 1) {
      const [f, k] = j < 20 ? [(b & c) | (~b & d), 0x5a827999] : j < 40 ? [b ^ c ^ d, 0x6ed9eba1]
        : j < 60 ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc] : [b ^ c ^ d, 0xca62c1d6];
      const next = (turn(a, 5) + f + e + k + w[j]) | 0;
      e = d; d = c; c = turn(b, 30); b = a; a = next;
    }
    [a, b, c, d, e].forEach((value, i) => { state[i] = (state[i] + value) | 0; });
  }
  return fromHex(state.map((x) => (x >>> 0).toString(16).padStart(8, "0")).join(""));
}

/** A hash that is fed piece by piece: "sha256" or "sm3"; digest() gives hexadecimal digits. */
export const hasher = (name) => (name === "sm3" ? new Sm3() : new Sha256());

export function digest(name, bytes) {
  if (name === "sha256" || name === "sm3") return fromHex(hasher(name).update(bytes).digest());
  return name === "sha1" ? sha1(bytes) : sha512(bytes, name);
}

// --- arithmetic --------------------------------------------------------------------------------------------------

const mod = (a, m) => ((a % m) + m) % m;

export function power(base, exponent, modulus) {
  let out = 1n;
  for (base = mod(base, modulus); exponent; exponent >>= 1n, base = (base * base) % modulus) {
    if (exponent & 1n) out = (out * base) % modulus;
  }
  return out;
}

function inverse(value, modulus) {
  let [a, b, x, y] = [mod(value, modulus), modulus, 1n, 0n];
  while (a > 1n) {
    const q = b / a;
    [a, b, x, y] = [b - q * a, a, y - q * x, x];
    if (a === 0n) break;
  }
  return mod(a === 1n ? x : 0n, modulus);
}

// --- Ed25519 (RFC 8032): strict about ranges and encodings, without cofactor ----------------------------------------

const P = 2n ** 255n - 19n, L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * inverse(121666n, P), P), ROOT = power(2n, (P - 1n) / 4n, P);
const little = (bytes) => number(bytes.slice().reverse());

function edAdd(p, q) {
  const a = mod((p[1] - p[0]) * (q[1] - q[0]), P), b = ((p[1] + p[0]) * (q[1] + q[0])) % P;
  const c = (((2n * p[3] * q[3]) % P) * D) % P, d = (2n * p[2] * q[2]) % P;
  const e = b - a, f = d - c, g = d + c, h = b + a;
  return [mod(e * f, P), mod(g * h, P), mod(f * g, P), mod(e * h, P)];
}

function edTimes(scalar, point) {
  let out = [0n, 1n, 1n, 0n];
  for (; scalar; scalar >>= 1n, point = edAdd(point, point)) if (scalar & 1n) out = edAdd(out, point);
  return out;
}

function edPoint(bytes) {
  const all = little(bytes), sign = all >> 255n, y = all & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const x2 = mod((y * y - 1n) * inverse(D * y * y + 1n, P), P);
  let x = power(x2, (P + 3n) / 8n, P);
  if (mod(x * x - x2, P)) x = (x * ROOT) % P;
  if (mod(x * x - x2, P) || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, (x * y) % P];
}

const BASE = edPoint(fromHex("58" + "66".repeat(31)));

export function ed25519(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const a = edPoint(key), s = little(signature.slice(32));
  if (a === null || s >= L) return false;
  const k = little(digest("sha512", concat(signature.slice(0, 32), key, message))) % L;
  const [x, y, z] = edAdd(edTimes(s, BASE), edTimes(k, [P - a[0], a[1], 1n, P - a[3]]));
  const i = inverse(z, P), value = ((y * i) % P) | ((((x * i) % P) & 1n) << 255n);
  return same(fromHex(value.toString(16).padStart(64, "0")).reverse(), signature.slice(0, 32));
}

// --- curves y² = x³ + ax + b: SM2 (GB/T 32918) and ECDSA (FIPS 186-5) -------------------------------------------------

class Curve {
  constructor(text) {
    [this.p, this.a, this.b, this.n, this.x, this.y] = text.trim().split(/\s+/).map((word) => BigInt("0x" + word));
    this.width = Math.ceil(this.p.toString(2).length / 8);
  }

  holds(x, y) {
    return x < this.p && y < this.p && mod(y * y - x * x * x - this.a * x - this.b, this.p) === 0n;
  }

  double([x, y, z]) {
    const p = this.p;
    if (!y || !z) return [1n, 1n, 0n];
    const yy = (y * y) % p, zz = (z * z) % p, s = (4n * x * yy) % p, m = mod(3n * x * x + this.a * zz * zz, p);
    const out = mod(m * m - 2n * s, p);
    return [out, mod(m * (s - out) - 8n * yy * yy, p), (2n * y * z) % p];
  }

  add(one, two) {
    const p = this.p;
    if (!one[2]) return two;
    if (!two[2]) return one;
    const z1 = (one[2] * one[2]) % p, z2 = (two[2] * two[2]) % p;
    const u1 = (one[0] * z2) % p, s1 = (((one[1] * two[2]) % p) * z2) % p;
    const h = mod(two[0] * z1 - u1, p), r = mod(((two[1] * one[2]) % p) * z1 - s1, p);
    if (h === 0n) return r === 0n ? this.double(one) : [1n, 1n, 0n];
    const hh = (h * h) % p, hhh = (h * hh) % p, v = (u1 * hh) % p, x = mod(r * r - hhh - 2n * v, p);
    return [x, mod(r * (v - x) - s1 * hhh, p), (((one[2] * two[2]) % p) * h) % p];
  }

  /** The x coordinate of u·G + v·point; null at infinity. */
  sumX(u, v, point) {
    const base = [this.x, this.y, 1n], other = [...point, 1n], both = this.add(base, other);
    let out = [1n, 1n, 0n];
    for (let bit = BigInt(Math.max(u.toString(2).length, v.toString(2).length)) - 1n; bit >= 0n; bit -= 1n) {
      out = this.double(out);
      const i = (u >> bit) & 1n, j = (v >> bit) & 1n;
      if (i || j) out = this.add(out, i ? (j ? both : base) : other);
    }
    return out[2] ? (out[0] * inverse(out[2] * out[2], this.p)) % this.p : null;
  }
}

export const SM2 = new Curve(`
  FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
  FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC
  28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
  FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
  32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
  BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0`);
export const P256 = new Curve(`
  FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
  FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC
  5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
  FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
  6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
  4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5`);
export const P384 = new Curve(`
  FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF
  FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFC
  B3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF
  FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
  AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7
  3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F`);

const SM2_ID = utf8("1234567812345678");

/** An SM2 signature r ‖ s under 0x04 ‖ x ‖ y, with Z of the usual signer id. */
export function sm2(key, message, signature) {
  if (key.length !== 65 || key[0] !== 4 || signature.length !== 64) return false;
  const x = number(key.slice(1, 33)), y = number(key.slice(33));
  const r = number(signature.slice(0, 32)), s = number(signature.slice(32)), n = SM2.n;
  if (!SM2.holds(x, y) || r <= 0n || r >= n || s <= 0n || s >= n || (r + s) % n === 0n) return false;
  const fixed = [SM2.a, SM2.b, SM2.x, SM2.y].map((v) => fromHex(v.toString(16).padStart(64, "0")));
  const z = digest("sm3", concat(Uint8Array.of(0, SM2_ID.length * 8), SM2_ID, ...fixed, key.slice(1)));
  const found = SM2.sumX(s, (r + s) % n, [x, y]);
  return found !== null && (number(digest("sm3", concat(z, message))) + found) % n === r;
}

export function ecdsa(curve, key, hashed, r, s) {
  if (key.length !== 1 + 2 * curve.width || key[0] !== 4) return false;
  const x = number(key.slice(1, 1 + curve.width)), y = number(key.slice(1 + curve.width)), n = curve.n;
  if (!curve.holds(x, y) || r <= 0n || r >= n || s <= 0n || s >= n) return false;
  const e = number(hashed) >> BigInt(Math.max(0, hashed.length * 8 - n.toString(2).length)), w = inverse(s, n);
  const found = curve.sumX((e * w) % n, (r * w) % n, [x, y]);
  return found !== null && found % n === r;
}

/** An RSA signature of PKCS #1 v1.5, compared as a whole with what it should be. */
export function rsa(n, e, name, hashed, signature) {
  const width = Math.ceil(n.toString(2).length / 8), which = { sha256: "01", sha384: "02", sha512: "03" }[name];
  const told = fromHex(`06096086480165030402${which}0500`);
  const inner = concat(Uint8Array.of(0x30, told.length), told, Uint8Array.of(4, hashed.length), hashed);
  const info = concat(Uint8Array.of(0x30, inner.length), inner);
  if (n.toString(2).length < 2048 || e <= 2n || signature.length !== width) return false;
  const expected = concat(Uint8Array.of(0, 1), new Uint8Array(width - info.length - 3).fill(255), Uint8Array.of(0), info);
  return power(number(signature), e, n) === number(expected) && number(signature) < n;
}
