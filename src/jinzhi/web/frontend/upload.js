// Sends a large file of evidence: hashed here first, announced, sent in pieces, resumed where it stopped.
// Without this file the form sends the file itself, as ordinary forms do.

const RETRY = [1000, 2000, 5000, 10000, 20000];
const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

class Refused extends Error {}

class Sending {
  constructor(section) {
    this.section = section;
    this.form = section.closest("form");
    this.field = section.querySelector("input[type=file]");
    this.token = section.querySelector("input[name=_upload]");
    this.words = section.querySelector(".upload-words").dataset;
    this.state = section.querySelector(".upload-state");
    this.bar = section.querySelector("progress");
    this.said = section.querySelector(".upload-said");
    this.pauseButton = section.querySelector("[data-upload-pause]");
    this.resumeButton = section.querySelector("[data-upload-resume]");
    this.csrf = this.form.querySelector("[name=csrfmiddlewaretoken]").value;
    this.run = 0;
    this.busy = false;
    this.field.addEventListener("change", () => this.start());
    this.pauseButton.addEventListener("click", () => this.pause());
    this.resumeButton.addEventListener("click", () => this.start());
    this.form.addEventListener("submit", (event) => {
      if (!this.busy) return;
      event.preventDefault();
      this.say(this.words.wait);
      this.state.scrollIntoView({ block: "center" });
    }, true);
  }

  say(text, tone = "") {
    this.said.textContent = text;
    this.said.classList.toggle("field-error", tone === "error");
  }

  progress(text, part, whole) {
    const percent = whole ? Math.floor((100 * part) / whole) : 0;
    this.bar.value = percent;
    this.say(`${text} ${percent}%`);
  }

  buttons(running) {
    this.pauseButton.hidden = !running;
    this.resumeButton.hidden = running;
  }

  pause() {
    this.run += 1;
    this.busy = false;
    this.say(this.words.paused);
    this.buttons(false);
  }

  async start() {
    const file = this.field.files[0];
    this.run += 1;
    const run = this.run;
    if (file) this.token.value = "";
    // submitting is held back while a file is on its way; the file itself is not sent with the form
    this.busy = Boolean(file);
    this.state.hidden = !file;
    if (!file) return;
    this.buttons(true);
    try {
      const digests = await this.hash(file, run);
      if (run !== this.run) return;
      await this.send(file, digests, run);
    } catch (error) {
      if (run !== this.run) return;
      this.busy = false;
      this.say(`${this.words.failed}：${error.message}`, "error");
      this.buttons(false);
    }
  }

  hash(file, run) {
    if (this.hashed && this.hashed.file === file) return this.hashed.digests;
    return new Promise((done, failed) => {
      const worker = new Worker(new URL("hash-worker.js", import.meta.url), { type: "module" });
      worker.onerror = (event) => { worker.terminate(); failed(new Error(event.message || "worker")); };
      worker.onmessage = ({ data }) => {
        if (run !== this.run) { worker.terminate(); return; }
        if (data.error) { worker.terminate(); failed(new Error(data.error)); return; }
        if (data.sha256) {
          worker.terminate();
          this.hashed = { file, digests: data };
          this.section.querySelector(".upload-sha256").textContent = `SHA-256 ${data.sha256}`;
          this.section.querySelector(".upload-sm3").textContent = `SM3 ${data.sm3}`;
          done(data);
          return;
        }
        this.progress(this.words.hashing, data.done, file.size);
      };
      worker.postMessage({ file });
    });
  }

  async send(file, digests, run) {
    const { sha256, sm3 } = digests;
    const body = JSON.stringify({ name: file.name, size: file.size, media_type: file.type, sha256, sm3 });
    let upload = await this.ask(this.section.dataset.upload, "POST", body, run);
    this.showSame(upload.same);
    let at = upload.received;
    if (at && !upload.complete) this.say(this.words.resuming);
    while (!upload.complete && at < file.size) {
      if (run !== this.run) return;
      const answer = await this.ask(`${upload.url}?offset=${at}`, "PUT", file.slice(at, at + upload.piece), run);
      if (run !== this.run) return;
      at = answer.received;
      this.progress(this.words.sending, at, file.size);
    }
    if (!upload.complete) {
      this.say(this.words.checking);
      upload = await this.ask(`${upload.url}finish`, "POST", "", run);
    }
    if (run !== this.run) return;
    this.token.value = upload.token;
    this.field.disabled = true; // its content is here already; a disabled field is not sent
    this.busy = false;
    this.bar.value = 100;
    this.say(this.words.done);
    this.pauseButton.hidden = true;
    this.resumeButton.hidden = true;
    this.section.dataset.ready = "1";
  }

  // One request; a broken connection is tried again for a while, a refusal is not.
  async ask(url, method, body, run) {
    for (let attempt = 0; ; attempt += 1) {
      let answer = null;
      try {
        answer = await fetch(url, { method, body, headers: { "X-CSRFToken": this.csrf }, redirect: "manual" });
      } catch {
        if (run !== this.run) throw new Refused("");
      }
      if (answer && (answer.type === "opaqueredirect" || answer.status === 403)) throw new Refused(this.words.login);
      if (answer && answer.status < 500) {
        const said = await answer.json();
        if (answer.ok || (answer.status === 409 && method === "PUT")) return said;
        throw new Refused(said.message || String(answer.status));
      }
      if (answer && answer.status === 507) throw new Refused((await answer.json()).message);
      if (attempt >= RETRY.length) throw new Refused(answer ? String(answer.status) : this.words.failed);
      this.say(this.words.offline);
      await wait(RETRY[attempt]);
      if (run !== this.run) throw new Refused("");
    }
  }

  showSame(same) {
    const list = this.section.querySelector(".upload-same");
    list.textContent = "";
    for (const item of same ?? []) {
      const line = document.createElement("li"), link = document.createElement("a");
      link.href = item.url;
      link.textContent = item.label;
      line.append(`${this.words.same}：`, link);
      list.append(line);
    }
  }
}

for (const section of document.querySelectorAll("[data-upload]")) new Sending(section);
