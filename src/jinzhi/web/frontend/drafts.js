// Drafts: what is typed into a form marked data-unsaved is kept, on the server for who is signed in, else on the device.
const DAYS = 30;
const text = (id) => document.getElementById(id)?.dataset.text ?? "";
const server = () => document.body.dataset.drafts ?? "";
const waiting = new Map();

// what a person can see and change: no hidden field, no file, no password
const controls = (form) => Array.from(form.elements).filter((c) => c.name && c.matches("input:not([type=hidden], [type=file], [type=password], [type=submit], [type=button]), textarea, select"));

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
  const body = new URLSearchParams({ _at: address(form), _page: location.pathname + location.search });
  for (const [name, values] of Object.entries(fields)) values.forEach((v) => body.append(name, v));
  const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  return fetch(server() + path, { method: "POST", body, keepalive: true, redirect: "manual", headers: { "X-CSRFToken": token } });
}

function save(form) {
  waiting.delete(form);
  if (server()) return post("save/", form, typed(form)).catch(() => {});
  localStorage.setItem(`jz_draft:${address(form)}`, JSON.stringify({ when: Date.now(), fields: typed(form) }));
}

function drop(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  if (server()) post("drop/", form, {}).catch(() => {});
  else localStorage.removeItem(`jz_draft:${address(form)}`);
}

async function kept(form) {
  if (server()) {
    const answer = await fetch(`${server()}one/?at=${encodeURIComponent(address(form))}`).catch(() => null);
    return answer?.status === 200 ? answer.json() : null;
  }
  const found = JSON.parse(localStorage.getItem(`jz_draft:${address(form)}`) ?? "null");
  if (!found || Date.now() - found.when > DAYS * 86400000) return null;
  return { at: new Date(found.when).toLocaleString("sv").slice(0, 16), fields: found.fields };
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
}

async function restore(form) {
  // a form that came back with errors holds what was typed already
  if (document.querySelector(".error-summary")) return;
  const found = await kept(form);
  const names = new Set(controls(form).map((c) => c.name));
  if (!found || !Object.keys(found.fields).some((name) => names.has(name))) return;
  fill(form, found.fields);
  const line = document.createElement("p");
  line.className = "notice";
  line.setAttribute("role", "status");
  line.textContent = `${text("text-draft").replace("{}", found.at)} · `;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-ghost";
  button.textContent = text("text-drop");
  button.addEventListener("click", () => { drop(form); form.reset(); line.remove(); });
  line.append(button);
  form.prepend(line);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-unsaved]");
  if (!form) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => save(form), 1500));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-unsaved]")) return;
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  // the server throws its own away once the form is accepted
  if (!server()) localStorage.removeItem(`jz_draft:${address(form)}`);
});

document.querySelectorAll("form[data-unsaved]").forEach(restore);
