// Navigation within the page: the server renders another view, and its parts replace the old ones.
import { fetchPage } from "./fetch.js";
import { isPlainClick, openFromHash } from "./record_dialog.js";

const PARTS = ["#results", "nav.views", "#filters", "footer"];
let currentUrl = location.pathname + location.search;
let pendingRequest = null;

export function announce(text) {
  document.getElementById("announce").textContent = text;
}

function replaceParts(page) {
  for (const part of PARTS) {
    const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
    if (old && fresh) old.replaceWith(document.adoptNode(fresh));
  }
  document.title = page.title;
}

async function navigate(url, enhance, push = true) {
  pendingRequest?.abort();
  pendingRequest = new AbortController();
  document.getElementById("results").setAttribute("aria-busy", "true");
  const focusedId = document.activeElement?.id;
  try {
    replaceParts(await fetchPage(url, pendingRequest.signal));
  } catch (error) {
    if (error.name === "AbortError") return;
    location.assign(url);
    return;
  }
  currentUrl = url;
  if (push) history.pushState(null, "", url);
  enhance();
  if (focusedId) document.getElementById(focusedId)?.focus({ preventScroll: true });
  const heading = document.getElementById("listing-title") ?? document.querySelector("#results h2");
  announce(heading?.textContent ?? "");
}

async function loadMore(link) {
  const list = document.querySelector("ol.entries");
  link.setAttribute("aria-busy", "true");
  const page = await fetchPage(link.href);
  const items = [...page.querySelectorAll("ol.entries > li")].map((item) => document.adoptNode(item));
  list.append(...items);
  const next = page.querySelector(".more");
  if (next) link.closest(".more").replaceWith(document.adoptNode(next));
  else link.closest(".more").remove();
  announce(`${items.length} more entries loaded; ${list.children.length} shown.`);
  items[0]?.querySelector("h3 a")?.focus();
}

function isSamePage(link) {
  const url = new URL(link.href);
  return !link.target && !url.hash && url.origin === location.origin && url.pathname === location.pathname;
}

function formUrl(form) {
  const filters = [...new FormData(form)].filter(([, value]) => value.trim() !== "");
  const hasRange = filters.some(([name]) => name === "from" || name === "to");
  const parameters = new URLSearchParams(filters.filter(([name]) => hasRange || name !== "match"));
  const query = parameters.toString().replaceAll("%2C", ",");
  return query ? `${location.pathname}?${query}` : location.pathname;
}

export function watchNavigation(enhance) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || !isPlainClick(event) || !isSamePage(link)) return;
    event.preventDefault();
    if (link.rel === "next") loadMore(link);
    else navigate(link.pathname + link.search, enhance);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "filters") return;
    event.preventDefault();
    navigate(formUrl(event.target), enhance);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.id === "filters" && event.target.name && form.checkValidity()) navigate(formUrl(form), enhance);
  });
  addEventListener("popstate", async () => {
    const url = location.pathname + location.search;
    if (url !== currentUrl) await navigate(url, enhance, false);
    openFromHash();
  });
}
