// Drafts: what is typed into a form marked data-unsaved is kept, on the server for who is signed in, else on the device.
const DAYS = 30;
const IDLE = 1500;
// a request that outlives its page may carry no more than this
const OUTLIVES = 60000;
const text = (id) => document.getElementById(id)?.dataset.text ?? "";
const server = () => document.body.dataset.drafts ?? "";
const waiting = new Map();
const running = new Map();
const flushed = new WeakSet();

// what a person can see and change: no hidden field, no file, no password
const controls = (form) => Array.from(form.elements).filter((c) => c.name && c.matches("input:not([type=hidden], [type=file], [type=password], [type=submit], [type=button]), textarea, select"));
const files = (form) => Array.from(form.elements).filter((c) => c.matches("input[type=file]")).flatMap((c) => Array.from(c.files, (f) => f.name));
// how many events the form was made from: a draft of an older record is not filled in unasked
const seq = (form) => form.querySelector("[name=_seq]")?.value ?? "";

function address(form) {
  const url = new URL(form.getAttribute("action") ?? location.href, location.href);
  return url.pathname + url.search;
}

function typed(form) {
  const out = {};
  for (const c of controls(form)) {
    if (c.matches("[type=checkbox], [type=radio]") ? !c.checked : c.value === "") continue;
    (out[c.name] ??= []).push(...(c.multiple && c.options ? Array.from(c.selectedOptions, (o) => o.value) : [c.value]));
  }
  return out;
}

function post(path, form, fields) {
  const body = new URLSearchParams({ _at: address(form), _page: location.pathname + location.search, _seq: seq(form), _for: document.body.dataset.reader ?? "" });
  for (const name of files(form)) body.append("_file", name);
  for (const [name, values] of Object.entries(fields)) values.forEach((v) => body.append(name, v));
  const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const keepalive = body.toString().length < OUTLIVES;
  return fetch(server() + path, { method: "POST", body, keepalive, redirect: "manual", headers: { "X-CSRFToken": token } });
}

// one line at the head of a form: what became of its draft
function line(form, words, ...buttons) {
  form.querySelector("[data-draft-line]")?.remove();
  const shown = document.createElement("p");
  shown.className = "notice";
  shown.setAttribute("role", "status");
  shown.dataset.draftLine = "";
  shown.textContent = words;
  for (const [label, act] of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-ghost";
    button.textContent = label;
    button.addEventListener("click", () => { shown.remove(); act(); });
    shown.append(" · ", button);
  }
  form.prepend(shown);
}

const throwing = (form) => [text("text-drop"), () => { drop(form); form.reset(); }];

async function save(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  if (!server()) {
    try {
      localStorage.setItem(`jz_draft:${address(form)}`, JSON.stringify({ when: Date.now(), seq: seq(form), files: files(form), fields: typed(form) }));
    } catch { return line(form, text("text-unkept")); }
    if (!form.querySelector("[data-draft-line]")) line(form, text("text-device"), throwing(form));
    return;
  }
  const answer = await post("save/", form, typed(form)).catch(() => null);
  if (answer?.status !== 204) line(form, text("text-unkept"));
}

function drop(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  if (server()) post("drop/", form, {}).catch(() => {});
  else localStorage.removeItem(`jz_draft:${address(form)}`);
}

function onDevice(at) {
  let found = null;
  try { found = JSON.parse(localStorage.getItem(`jz_draft:${at}`) ?? "null"); } catch { /* not ours */ }
  if (!found || Date.now() - found.when > DAYS * 86400000) { localStorage.removeItem(`jz_draft:${at}`); return null; }
  return { at: new Date(found.when).toLocaleString("sv").slice(0, 16), seq: found.seq ?? "", files: found.files ?? [], fields: found.fields };
}

async function kept(form) {
  if (!server()) return onDevice(address(form));
  const answer = await fetch(`${server()}one/?at=${encodeURIComponent(address(form))}`).catch(() => null);
  return answer?.status === 200 ? answer.json() : handedOver(form);
}

function fill(form, fields) {
  const left = new Map(Object.entries(fields).map(([name, values]) => [name, [...values]]));
  for (const c of controls(form)) {
    const values = left.get(c.name);
    if (!values) continue;
    if (c.matches("[type=checkbox], [type=radio]")) c.checked = values.includes(c.value);
    else if (c.multiple && c.options) Array.from(c.options).forEach((o) => { o.selected = values.includes(o.value); });
    else if (values.length) c.value = values.shift();
  }
  form.closest("details")?.setAttribute("open", "");
}

async function restore(form) {
  // a form that came back with errors holds what was typed already
  if (document.querySelector(".error-summary")) return;
  const found = await kept(form);
  const names = new Set(controls(form).map((c) => c.name));
  if (!found || !Object.keys(found.fields).some((name) => names.has(name))) return;
  const lost = found.files?.length ? ` ${text("text-files").replace("{}", found.files.join("、"))}` : "";
  const said = (words) => words.replace("{}", found.at) + (server() ? "" : ` ${text("text-here")}`) + lost;
  const put = () => { fill(form, found.fields); line(form, said(text("text-draft")), throwing(form)); };
  if ((found.seq ?? "") === seq(form)) return put();
  line(form, said(text("text-older")), [text("text-fill"), put], throwing(form));
}

// --- the device: what a visitor sent is kept until the server has taken it ---------------------------------
// The cookie says which form was sent; the server takes it away where the form was accepted.
const COOKIE = "jz_sent";
const sent = () => sessionStorage.getItem(COOKIE);
const pending = () => document.cookie.split("; ").includes(`${COOKIE}=${encodeURIComponent(sent())}`);

function forget() {
  sessionStorage.removeItem(COOKIE);
  document.cookie = `${COOKIE}=; path=/; max-age=0; samesite=lax`;
}

if (sent() !== null && !pending()) { localStorage.removeItem(`jz_draft:${sent()}`); forget(); }

// a visitor sent a form and was asked to sign in: the text goes with the person of this tab, and leaves the device
function handedOver(form) {
  if (sent() !== address(form)) return null;
  const found = onDevice(address(form));
  localStorage.removeItem(`jz_draft:${address(form)}`);
  forget();
  if (found) setTimeout(() => save(form), IDLE);
  return found;
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-unsaved]");
  if (!form) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => {
    const done = save(form).finally(() => { if (running.get(form) === done) running.delete(form); });
    running.set(form, done);
  }, IDLE));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-unsaved]")) return;
  if (!server()) {
    save(form);
    sessionStorage.setItem(COOKIE, address(form));
    document.cookie = `${COOKIE}=${encodeURIComponent(address(form))}; path=/; max-age=600; samesite=lax`;
    return;
  }
  // the server throws its own away once the form is accepted: no draft may come in after that
  if (flushed.has(form)) { flushed.delete(form); return; }
  if (!waiting.has(form) && !running.has(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const late = waiting.has(form) ? save(form) : running.get(form);
  const submitter = event.submitter;
  Promise.race([late, new Promise((go) => setTimeout(go, 3000))]).finally(() => {
    flushed.add(form);
    form.requestSubmit(submitter);
  });
});

document.querySelectorAll("form[data-unsaved]").forEach(restore);
