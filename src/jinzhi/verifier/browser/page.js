// The public page that verifies a bundle: chosen or dropped, checked here, never sent anywhere.

const SIGN = { proven: "✓", failed: "✗", open: "—" };

class Page {
  constructor(section) {
    this.section = section;
    this.words = section.querySelector("[data-words]").dataset;
    this.english = document.documentElement.lang.startsWith("en");
    this.file = section.querySelector("input[name=bundle]");
    this.content = section.querySelector("input[name=content]");
    this.source = section.querySelector("select[name=source]");
    this.keys = section.querySelector("textarea[name=keys]");
    this.said = section.querySelector("[data-said]");
    this.bar = section.querySelector("progress");
    this.lines = section.querySelector("[data-lines]");
    this.result = section.querySelector("[data-result]");
    section.hidden = false;
    document.querySelector("[data-without-script]")?.remove();
    for (const field of [this.file, this.content, this.source, this.keys]) field.addEventListener("change", () => this.changed());
    this.changed();
    const drop = section.querySelector(".drop");
    drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("is-over"); });
    drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("is-over");
      if (!event.dataTransfer.files.length) return;
      this.file.files = event.dataTransfer.files;
      this.changed();
    });
  }

  changed() {
    const given = this.source.value === "given";
    this.keys.closest("[data-given]").hidden = !given;
    if (this.file.files.length) this.verify(this.file.files[0]);
  }

  pins() {
    if (this.source.value === "none") return [];
    if (this.source.value === "given") return this.keys.value.split(/\s+/).filter(Boolean);
    return this.words.keys.split(/\s+/).filter(Boolean);
  }

  verify(file) {
    this.worker?.terminate();
    const worker = new Worker(new URL("verify-worker.js", import.meta.url), { type: "module" });
    this.worker = worker;
    this.result.hidden = false;
    this.lines.replaceChildren();
    this.bar.hidden = false;
    this.bar.value = 0;
    this.tell(`${this.words.running}：${file.name}`, "");
    worker.onerror = (event) => this.end(this.words.error, event.message ?? "");
    worker.onmessage = ({ data }) => {
      if (data.of) this.bar.value = Math.floor((100 * data.done) / data.of);
      else if (data.none) this.end(this.words.none, file.name);
      else if (data.error) this.end(this.words.error, data.error);
      else this.show(data.result, file);
    };
    worker.postMessage({ file, pins: this.pins(), content: this.content.files[0] ?? null });
  }

  tell(text, tone) {
    this.said.textContent = text;
    this.said.className = tone ? `verdict verdict-${tone}` : "verdict";
  }

  end(words, more) {
    this.worker.terminate();
    this.bar.hidden = true;
    this.tell(`${SIGN.failed} ${words}：${more}`, "failed");
  }

  show(result, file) {
    this.worker.terminate();
    this.bar.hidden = true;
    for (const line of result.lines) {
      const item = document.createElement("li"), mark = document.createElement("span"), text = document.createElement("span");
      item.className = `finding finding-${line.mark}`;
      mark.className = "finding-mark";
      mark.textContent = `${SIGN[line.mark]} ${this.words[line.mark]}`;
      text.textContent = this.english ? line.en : line.zh;
      item.append(mark, text);
      this.lines.append(item);
    }
    const failed = result.lines.filter((line) => line.mark === "failed").length;
    if (result.verdict === "proven") this.tell(`${SIGN.proven} ${this.words.ok}：${result.entry}（${file.name}）`, "proven");
    else if (result.ok) this.tell(`${SIGN.open} ${this.words.intact}：${result.entry}（${file.name}）`, "open");
    else this.tell(`${SIGN.failed} ${this.words.bad}：${failed}（${file.name}）`, "failed");
  }
}

for (const section of document.querySelectorAll("[data-verify]")) new Page(section);
