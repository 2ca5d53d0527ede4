// One record in a dialog, as the address names it: #meeting/2023-04-25-moscow.
import { fetchPage } from "./fetch.js";

const NAMED = /^#([a-z]+)\/([A-Za-z0-9._-]+)$/;
const dialog = document.getElementById("record");
const body = document.getElementById("record-body");
let opener = null; // the link that opened the dialog

function named(hash = location.hash) {
  return NAMED.exec(decodeURIComponent(hash));
}

async function article([, type, id]) {
  const here = document.getElementById(`${type}/${id}`);
  if (here) return here;
  const query = new URLSearchParams({ type, id });
  const now = new URLSearchParams(location.search);
  for (const clock of ["as_of", "revision"]) if (now.has(clock)) query.set(clock, now.get(clock));
  const page = await fetchPage(`${location.pathname}?${query}`);
  return page.getElementById(`${type}/${id}`);
}

// In the dialog the record stands alone: its title is of the second level, and so on.
function raised(heading) {
  const fresh = document.createElement(`h${Number(heading.localName[1]) - 1}`);
  fresh.append(...heading.childNodes);
  return fresh;
}

function whole(found) {
  const copy = document.importNode(found, true);
  copy.removeAttribute("id");
  for (const heading of copy.querySelectorAll("h3, h4, h5")) heading.replaceWith(raised(heading));
  const title = copy.querySelector("h2");
  title.id = "record-title";
  title.tabIndex = -1;
  title.replaceChildren(...title.querySelector("a").childNodes);
  return copy;
}

function missing() {
  const title = document.createElement("h2");
  title.id = "record-title";
  title.tabIndex = -1;
  title.textContent = "There is no such record, or it was not known yet.";
  return title;
}

export async function openNamed() {
  const wanted = named();
  if (!wanted) {
    if (dialog.open) dialog.close();
    return;
  }
  const found = await article(wanted);
  body.replaceChildren(found ? whole(found) : missing());
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  document.getElementById("record-title").focus();
}

// A browser that follows the link itself scrolls to the entry in the list, far from the lanes.
function openInPlace(event) {
  const link = event.target.closest?.("a[href^='#']");
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !plain || event.defaultPrevented || !named(link.hash)) return;
  event.preventDefault();
  if (!dialog.open) opener = link;
  if (link.hash !== location.hash) history.pushState(null, "", link.hash);
  openNamed();
}

export function watchRecords() {
  addEventListener("hashchange", openNamed);
  document.addEventListener("click", openInPlace);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    // A filter that is chosen in a record shows its view, which the dialog would hide.
    const link = event.target.closest("a[href]");
    if (link && !link.hash && link.pathname === location.pathname) dialog.close();
  });
  dialog.addEventListener("close", () => {
    if (named()) history.replaceState(null, "", location.pathname + location.search);
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  });
}
