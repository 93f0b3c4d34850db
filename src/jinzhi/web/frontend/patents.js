// The pages of patent search: preview beside the hits, picks, completion in the box, a search that takes long.
// Every page works without it.

const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
const own = { "X-Requested-With": "fetch" };

function say(message) {
  const box = document.getElementById("live");
  if (box) { box.textContent = ""; requestAnimationFrame(() => { box.textContent = message; }); }
}

// --- preview: the hit that has the focus, by j and k or otherwise ----------------------------------------
const wide = window.matchMedia("(min-width: 1280px)");
let fetching = null;
let soon = 0;

function previewed(hit) {
  const pane = document.getElementById("preview");
  if (!pane || !hit || hit.getAttribute("aria-current") === "true") return;
  clearTimeout(soon);
  soon = setTimeout(() => preview(pane, hit), 120);
}

async function preview(pane, hit) {
  all(".hit[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  hit.setAttribute("aria-current", "true");
  fetching?.abort();
  fetching = new AbortController();
  const query = new URLSearchParams(location.search);
  query.set("doc", hit.dataset.number);
  pane.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`${pane.dataset.src}?${query}`, { headers: own, signal: fetching.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    pane.innerHTML = await answer.text();
    pane.scrollTop = 0;
    history.replaceState(history.state, "", `?${query}`);
  } catch (error) {
    if (error.name === "AbortError") return;
    pane.textContent = pane.dataset.failed;
    say(pane.dataset.failed);
  }
  pane.removeAttribute("aria-busy");
}

document.addEventListener("focusin", (event) => {
  const hit = event.target.closest?.(".hits > .hit");
  if (hit && wide.matches) previewed(hit);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-preview]");
  if (link && document.getElementById("preview") && wide.matches && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    previewed(link.closest(".hit"));
  }
});

// --- picks: kept in the address, so that paging and going back keep them ----------------------------------
function picks() {
  const elsewhere = document.getElementById("picks-count").dataset.elsewhere.split(",").filter(Boolean);
  return elsewhere.concat(all("input[name=pick]:checked", document.querySelector(".hits")).map((box) => box.value));
}

function withPicks(address, numbers) {
  const url = new URL(address, location.href);
  url.searchParams.delete("pick");
  if (numbers.length) url.searchParams.set("pick", numbers.join(","));
  return url.pathname + url.search + url.hash;
}

document.addEventListener("change", (event) => {
  const form = document.getElementById("selection");
  if (!form || !event.target.matches("input[name=pick], [data-check-all=pick]")) return;
  // after the handler that ticks all boxes
  setTimeout(() => {
    const count = document.getElementById("picks-count");
    const numbers = picks();
    const most = Number(form.dataset.most);
    if (numbers.length > most) {
      const tooMany = count.dataset.tooMany.replace("{n}", most);
      event.target.checked = false;
      if (event.target.matches("[data-check-all]")) all(".hits input[name=pick]").forEach((box) => { box.checked = false; });
      count.textContent = tooMany;
      return;
    }
    count.textContent = count.dataset.text.replace("{n}", numbers.length);
    form.classList.toggle("has-picks", numbers.length > 0);
    history.replaceState(history.state, "", withPicks(location.href, numbers));
    all(".pages a[href], .hit-title a[href], .chips a[href], .facets a[href]").forEach((link) => {
      link.setAttribute("href", withPicks(link.getAttribute("href"), numbers));
    });
    all("form[role=search], form.sort").forEach((other) => {
      all("input[type=hidden][name=pick]", other).forEach((field) => field.remove());
      if (!numbers.length) return;
      const field = document.createElement("input");
      field.type = "hidden"; field.name = "pick"; field.value = numbers.join(",");
      other.append(field);
    });
  }, 0);
});

// --- from one marked word of a document to the next -------------------------------------------------------
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-mark]");
  if (!button) return;
  const marks = all(".fulltext mark[class^=hit-]");
  if (!marks.length) return;
  const now = marks.findIndex((mark) => mark.classList.contains("is-here"));
  const next = (now < 0 ? (button.dataset.mark === "1" ? 0 : marks.length - 1) : now + Number(button.dataset.mark) + marks.length) % marks.length;
  marks[now]?.classList.remove("is-here");
  marks[next].classList.add("is-here");
  marks[next].scrollIntoView({ block: "center" });
  const place = document.getElementById("mark-place");
  place.textContent = place.dataset.text.replace("{a}", next + 1).replace("{n}", marks.length);
});

// --- a search that takes long: asked again with more patience, and stopped when somebody says so ---------
function wait(box) {
  const began = Date.now();
  const seconds = box.querySelector("[data-seconds]");
  const clock = setInterval(() => {
    seconds.textContent = seconds.dataset.seconds.replace("{n}", Math.round((Date.now() - began) / 1000));
  }, 1000);
  box.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    fetch(event.target.action, { method: "POST", headers: own, body: new FormData(event.target) });
  });
  fetch(box.dataset.again, { headers: { ...own, "X-Ticket": box.dataset.slow } })
    .then((answer) => answer.text())
    .then((page) => {
      const made = new DOMParser().parseFromString(page, "text/html");
      document.title = made.title;
      document.getElementById("main").replaceWith(made.getElementById("main"));
      const said = document.querySelector("#results-count, #slow h2, .error-summary h2");
      if (said) say(said.textContent.trim());
    })
    .catch(() => location.reload())
    .finally(() => clearInterval(clock));
}

const slow = document.querySelector("[data-slow]");
if (slow) wait(slow);

// --- completion of fields and classes in the box: a listbox that the text field points into ---------------
function completing(field) {
  const list = document.createElement("div");
  list.id = "patent-options";
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.list);
  list.hidden = true;
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  let from = 0;
  let at = -1;
  let later = 0;
  let asking = null;

  const options = () => all("[role=option]", list);
  const close = () => { list.hidden = true; list.textContent = ""; at = -1; field.removeAttribute("aria-activedescendant"); };
  const choose = (next) => {
    const shown = options();
    shown.forEach((one) => one.setAttribute("aria-selected", "false"));
    at = (next + shown.length) % shown.length;
    shown[at].setAttribute("aria-selected", "true");
    shown[at].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", shown[at].id);
  };
  const take = (option) => {
    field.setRangeText(option.dataset.value, from, field.selectionStart, "end");
    close();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const show = (told) => {
    close();
    if (!told.options.length || document.activeElement !== field) return;
    from = told.from;
    told.options.forEach((one, number) => {
      const item = document.createElement("div");
      item.id = `patent-option-${number}`;
      item.dataset.value = one.text;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const code = document.createElement("code");
      code.textContent = one.text;
      const note = document.createElement("span");
      note.textContent = one.note;
      item.append(code, note);
      list.append(item);
    });
    list.hidden = false;
    const more = told.more ? field.dataset.more.replace("{n}", told.more) : "";
    if (more) {
      const item = document.createElement("div");
      item.className = "more";
      item.setAttribute("role", "presentation");
      item.textContent = more;
      list.append(item);
    }
    say(`${field.dataset.said.replace("{n}", told.options.length)} ${more}`);
  };
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const before = field.value.slice(0, field.selectionStart);
    try {
      const query = new URLSearchParams({ q: before });
      const answer = await fetch(`${field.dataset.complete}?${query}`, { headers: own, signal: asking.signal });
      if (answer.ok) show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };
  field.addEventListener("input", (event) => {
    clearTimeout(later);
    if (event.isComposing || field.selectionStart !== field.selectionEnd) return;
    later = setTimeout(ask, 150);
  });
  field.addEventListener("compositionend", () => { clearTimeout(later); later = setTimeout(ask, 150); });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown") { event.preventDefault(); choose(at + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); choose(at < 0 ? options().length - 1 : at - 1); }
    else if (event.key === "Escape") { event.preventDefault(); close(); }
    else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) { event.preventDefault(); take(options()[at]); }
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    event.preventDefault();
    if (option) take(option);
  });
}

const box = document.querySelector("textarea[data-complete]");
if (box) completing(box);
