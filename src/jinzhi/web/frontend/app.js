// Small behaviours. Every page works without this file; each function only makes something quicker.
import "htmx.org";
import "./drafts.js";
import "./patents.js";

const text = (id) => document.getElementById(id)?.dataset.text ?? "";
const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

// --- keys: off while typing, and can be switched off altogether (WCAG 2.1.4) ---------------------------
const typing = (node) => node.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]");
const keysOn = () => localStorage.getItem("jz_keys") !== "off";

function items() {
  // what is searched for goes before tables beside it; what a closed fold holds is not to be seen
  const seen = (item) => item.offsetParent !== null && !item.closest("details:not([open])");
  const hits = all(".hits > [data-item]").filter(seen);
  return hits.length ? hits : all("[data-item]").filter(seen);
}

function step(by) {
  const list = items();
  if (!list.length) return;
  const now = list.findIndex((item) => item.classList.contains("is-current"));
  const next = list[Math.min(list.length - 1, Math.max(0, now < 0 ? 0 : now + by))];
  list.forEach((item) => item.classList.remove("is-current"));
  next.classList.add("is-current");
  next.scrollIntoView({ block: "nearest" });
  const target = next.matches("a, button") ? next : (next.querySelector("a[href]") ?? next.querySelector("button, input"));
  (target ?? next).focus({ preventScroll: true });
}

const press = (name) => document.querySelector(`[data-key="${name}"]`);

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = event.target.closest("form") ?? press("run")?.closest("form");
    if (form) { event.preventDefault(); form.requestSubmit(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !keysOn()) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const actions = {
    "/": () => document.getElementById("site-search")?.focus(),
    j: () => (press("next-item") ?? press("previous-item") ? press("next-item")?.click() : step(1)),
    k: () => (press("next-item") ?? press("previous-item") ? press("previous-item")?.click() : step(-1)),
    o: () => document.querySelector("[data-item].is-current a[href]")?.click(),
    e: () => press("export")?.click(),
    s: () => press("save")?.click(),
    n: () => press("next-hit")?.click(),
    N: () => press("previous-hit")?.click(),
    "?": () => openDialog(document.getElementById("keys-dialog")),
  };
  if (Object.hasOwn ? Object.hasOwn(actions, event.key) : actions[event.key]) {
    event.preventDefault();
    actions[event.key]();
  }
});

// --- dialogs: the link goes to a whole page when there is no script ------------------------------------
function openDialog(dialog) {
  if (dialog && !dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) { event.preventDefault(); openDialog(dialog); }
    return;
  }
  if (event.target.closest("[data-close]")) {
    const box = event.target.closest("dialog, .toast");
    if (box) { event.preventDefault(); if (box.close) box.close(); else box.remove(); }
    return;
  }
  if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop
  const copy = event.target.closest("[data-copy]");
  if (copy) copyText(copy);
  const print = event.target.closest("[data-print]");
  if (print) window.print();
  // a menu closes when one clicks beside it
  all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open], details.help[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

async function copyText(button) {
  const value = button.dataset.copy || location.href;
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // plain http on an intranet has no clipboard API
    const area = document.createElement("textarea");
    area.value = value;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  say(text("text-copied"));
}

function say(message) {
  const box = document.getElementById("live");
  if (box) { box.textContent = ""; requestAnimationFrame(() => { box.textContent = message; }); }
}

// --- forms ---------------------------------------------------------------------------------------------
const dirty = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-unsaved]");
  if (form) dirty.add(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  dirty.delete(form);
  if (form.method !== "post" || form.dataset.guard === "off") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  // after the form data was collected, so that the pressed button's own value still goes along
  setTimeout(() => all("button[type=submit], button:not([type])", form).forEach((b) => { b.disabled = true; }), 0);
  // an answer that is a download leaves the page standing; the idempotency key protects the second press
  setTimeout(() => release(form), 8000);
});

// an address holds only the conditions that are set; fires for the browser's own submit and for htmx
document.addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  for (const [name, value] of Array.from(event.formData.entries())) {
    if (value === "") event.formData.delete(name);
  }
});

function release(form) {
  delete form.dataset.sent;
  all("button[disabled]", form).forEach((b) => { b.disabled = false; });
}

// a list in a form: one more row, numbered after the last
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-add-row]");
  if (!button) return;
  const list = button.closest("[data-list-input]");
  const rows = all("tbody tr", list);
  const row = rows.at(-1).cloneNode(true);
  all("input, select", row).forEach((field) => {
    for (const name of ["name", "id"]) field.setAttribute(name, (field.getAttribute(name) ?? "").replace(`-${rows.length - 1}-`, `-${rows.length}-`));
    if (field.getAttribute("aria-label")) field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, rows.length + 1));
    field.value = "";
  });
  rows.at(-1).after(row);
  row.querySelector("input:not([type=hidden]), select").focus();
});

window.addEventListener("pageshow", (event) => { if (event.persisted) all("form[data-sent]").forEach(release); });

window.addEventListener("beforeunload", (event) => {
  for (const form of dirty) if (!form.isConnected) dirty.delete(form);
  if (dirty.size) { event.preventDefault(); event.returnValue = ""; }
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-check-all]")) {
    all(`input[type=checkbox][name="${field.dataset.checkAll}"]`, field.closest("table") ?? document)
      .forEach((box) => { box.checked = field.checked; });
  }
  if (field.matches("[data-submit-on-change]")) field.form.requestSubmit();
  if (field.matches("input[type=file][data-limit]")) refuseTooLarge(field);
  if (field.matches("input[type=file][data-hash]")) showFiles(field);
  if (field.id === "keys-on") localStorage.setItem("jz_keys", field.checked ? "on" : "off");
});

// --- files: name, size and SHA-256 before anything is sent ----------------------------------------------
const LARGEST = 512 * 1024 * 1024; // one ArrayBuffer; above it the server's digest has to do

async function showFiles(field) {
  const list = document.getElementById(field.dataset.hash);
  if (!list) return;
  list.textContent = "";
  for (const file of field.files) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = `${file.name} · ${size(file.size)}`;
    item.append(name);
    list.append(item);
    if (!window.crypto?.subtle || file.size > LARGEST) continue;
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const code = document.createElement("code");
    code.className = "hash";
    code.textContent = "SHA-256 " + Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
    item.append(code);
  }
}

// a file beyond the limit is refused before it is sent, and what was typed beside it stays
function refuseTooLarge(field) {
  const limit = Number(field.dataset.limit);
  const wrong = Array.from(field.files).some((file) => file.size > limit);
  const words = wrong ? text("text-too-large").replace("{}", size(limit)) : "";
  field.setCustomValidity(words);
  if (field.nextElementSibling?.matches("[data-too-large]")) field.nextElementSibling.remove();
  if (!wrong) return;
  const said = document.createElement("p");
  said.className = "field-error";
  said.setAttribute("role", "alert");
  said.dataset.tooLarge = "";
  said.textContent = words;
  field.after(said);
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    const zone = event.target.closest?.(".drop");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("is-over", type === "dragover");
    if (type === "drop") {
      const field = zone.querySelector("input[type=file]");
      field.files = event.dataTransfer.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}

// --- charts: the island's code is fetched when the first figure comes near ------------------------------
function watchCharts(root) {
  const source = document.body.dataset.chartSrc;
  const figures = all("figure[data-island=chart]:not([data-watched])", root);
  if (!source || !figures.length || !window.IntersectionObserver) return;
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      import(source).then((island) => island.mount(entry.target));
    }
  }, { rootMargin: "200px" });
  for (const figure of figures) { figure.dataset.watched = "1"; watcher.observe(figure); }
}

// --- start ---------------------------------------------------------------------------------------------
function start() {
  document.documentElement.classList.add("js");
  const toggle = document.getElementById("keys-on");
  if (toggle) toggle.checked = keysOn();
  watchCharts(document);
  // a refused form: go to what has to be mended
  document.querySelector(".error-summary")?.focus();
}

document.addEventListener("htmx:afterSettle", (event) => watchCharts(event.target));
start(); // a module runs after the document was parsed

// --- full screen: the part that a button names; Esc leaves it, as the browser does -------------------------
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-full]");
  if (button) document.getElementById(button.dataset.full)?.requestFullscreen?.();
});

// --- the wall: a clock that runs, a picture that says when it has stopped, Esc to leave --------------------
function tick() {
  for (const clock of all("time[data-clock]", document)) {
    const shown = clock.dataset.clockDay ?? clock.textContent.trim().replace(/\s*\d\d:\d\d$/, "");
    clock.dataset.clockDay = shown;
    // the city's time, whatever zone the screen's computer is set to
    const zone = /([+-])(\d\d):(\d\d)$/.exec(clock.getAttribute("datetime")) ?? ["", "+", "0", "0"];
    const ahead = (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
    const now = new Date(Date.now() + ahead * 60000);
    const two = (n) => String(n).padStart(2, "0");
    clock.textContent = `${shown} ${two(now.getUTCHours())}:${two(now.getUTCMinutes())}`;
  }
}
if (document.querySelector("time[data-clock]")) setInterval(tick, 1000);
for (const failed of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failed, () => {
    const wall = document.getElementById("wall");
    if (!wall) return;
    wall.classList.add("is-stale");
    wall.querySelector("[data-fresh]").hidden = true;
    wall.querySelector("[data-stale]").hidden = false;
  });
}
document.addEventListener("keydown", (event) => {
  const leave = event.key === "Escape" && document.querySelector("a[data-leave]");
  if (leave) location.assign(leave.href);
});
