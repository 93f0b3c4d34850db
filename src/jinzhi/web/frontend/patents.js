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
  if (link && wide.matches && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
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
