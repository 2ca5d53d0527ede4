// Another view of the same page: the server renders it, and its parts take the place of the old.
import { fetchPage } from "./fetch.js";
import { openNamed } from "./record.js";

const PARTS = ["#results", "nav.views", "#filters", "footer"];
let shown = location.pathname + location.search;
let asking = null;

export function announce(text) {
  document.getElementById("announce").textContent = text;
}

function put(page) {
  for (const part of PARTS) {
    const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
    if (old && fresh) old.replaceWith(document.adoptNode(fresh));
  }
  document.title = page.title;
}

export async function show(url, enhance, push = true) {
  asking?.abort();
  asking = new AbortController();
  const results = document.getElementById("results");
  results.setAttribute("aria-busy", "true");
  const focused = document.activeElement?.id;
  try {
    put(await fetchPage(url, asking.signal));
  } catch (error) {
    if (error.name === "AbortError") return;
    location.assign(url);
    return;
  }
  shown = url;
  if (push) history.pushState(null, "", url);
  enhance();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const counted = document.getElementById("listing-title") ?? document.querySelector("#results h2");
  announce(counted?.textContent ?? "");
}

async function more(link) {
  const list = document.querySelector("ol.entries");
  link.setAttribute("aria-busy", "true");
  const page = await fetchPage(link.href);
  const fresh = [...page.querySelectorAll("ol.entries > li")].map((item) => document.adoptNode(item));
  list.append(...fresh);
  const next = page.querySelector(".more");
  if (next) link.closest(".more").replaceWith(document.adoptNode(next));
  else link.closest(".more").remove();
  announce(`${fresh.length} more entries; ${list.children.length} are shown.`);
  fresh[0]?.querySelector("h3 a")?.focus();
}

function ours(link, event) {
  const url = new URL(link.href);
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  return plain && !link.target && !url.hash && url.origin === location.origin && url.pathname === location.pathname;
}

function address(form) {
  const given = [...new FormData(form)].filter(([, value]) => value.trim() !== "");
  const bounded = given.some(([name]) => name === "from" || name === "to");
  const query = new URLSearchParams(given.filter(([name]) => bounded || name !== "match"));
  const text = query.toString().replaceAll("%2C", ",");
  return text ? `${location.pathname}?${text}` : location.pathname;
}

export function watchView(enhance) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || !ours(link, event)) return;
    event.preventDefault();
    if (link.rel === "next") more(link);
    else show(link.pathname + link.search, enhance);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "filters") return;
    event.preventDefault();
    show(address(event.target), enhance);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.id === "filters" && event.target.name && form.checkValidity()) show(address(form), enhance);
  });
  addEventListener("popstate", async () => {
    const here = location.pathname + location.search;
    if (here !== shown) await show(here, enhance, false);
    openNamed();
  });
}
