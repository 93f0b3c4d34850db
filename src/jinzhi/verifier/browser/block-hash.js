// What SM3 and SHA-256 share: blocks of 64 bytes, a big-endian length at the end, eight words of state.
// No dependency and no DOM, so that a worker, a page and Node can use it. Tested in tests/web/shell/test_digests.py.

export class BlockHash {
  constructor(first, words) {
    this.state = Int32Array.from(first);
    this.block = new Uint8Array(64);
    this.filled = 0;
    this.length = 0;
    this.w = new Int32Array(words);
  }

  update(bytes) {
    this.length += bytes.length;
    let at = 0;
    if (this.filled) {
      const take = Math.min(64 - this.filled, bytes.length);
      this.block.set(bytes.subarray(0, take), this.filled);
      this.filled += take;
      at = take;
      if (this.filled < 64) return this;
      this.compress(this.block, 0);
      this.filled = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) this.compress(bytes, at);
    this.block.set(bytes.subarray(at), 0);
    this.filled = bytes.length - at;
    return this;
  }

  /** 64 hexadecimal digits; the hash is not changed by it and may go on. */
  digest() {
    const state = this.state.slice();
    const tail = new Uint8Array(this.filled < 56 ? 64 : 128);
    tail.set(this.block.subarray(0, this.filled));
    tail[this.filled] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(this.length / 0x20000000));
    view.setUint32(tail.length - 4, (this.length % 0x20000000) * 8);
    for (let at = 0; at < tail.length; at += 64) this.compress(tail, at);
    const hex = Array.from(this.state, (x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
    this.state = state;
    return hex;
  }
}
