// Shows one record in a dialog, as the URL's hash names it: #meeting/2023-04-25-moscow.
import { fetchPage } from "./fetch.js";

const RECORD_HASH = /^#([a-z]+)\/([A-Za-z0-9._-]+)$/;
const dialog = document.getElementById("record");
const body = document.getElementById("record-body");
let opener = null; // the link that opened the dialog

function matchHash(hash = location.hash) {
  return RECORD_HASH.exec(decodeURIComponent(hash));
}

async function findArticle([, type, id]) {
  const article = document.getElementById(`${type}/${id}`);
  if (article) return article;
  const parameters = new URLSearchParams({ type, id });
  const current = new URLSearchParams(location.search);
  for (const clock of ["as_of", "revision"]) if (current.has(clock)) parameters.set(clock, current.get(clock));
  const page = await fetchPage(`${location.pathname}?${parameters}`);
  return page.getElementById(`${type}/${id}`);
}

// In the dialog the record stands alone: its title becomes a second-level heading, and so on.
function raiseHeading(heading) {
  const raised = document.createElement(`h${Number(heading.localName[1]) - 1}`);
  raised.append(...heading.childNodes);
  return raised;
}

function dialogContent(article) {
  const copy = document.importNode(article, true);
  copy.removeAttribute("id");
  for (const heading of copy.querySelectorAll("h3, h4, h5")) heading.replaceWith(raiseHeading(heading));
  const title = copy.querySelector("h2");
  title.id = "record-title";
  title.tabIndex = -1;
  title.replaceChildren(...title.querySelector("a").childNodes);
  return copy;
}

function missingRecord() {
  const title = document.createElement("h2");
  title.id = "record-title";
  title.tabIndex = -1;
  title.textContent = "This record does not exist, or was not yet known.";
  return title;
}

export async function openFromHash() {
  const match = matchHash();
  if (!match) {
    if (dialog.open) dialog.close();
    return;
  }
  const article = await findArticle(match);
  body.replaceChildren(article ? dialogContent(article) : missingRecord());
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  document.getElementById("record-title").focus();
}

export function isPlainClick(event) {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

// Following the link would make the browser scroll to the entry in the list, far from the lanes.
function openInPlace(event) {
  const link = event.target.closest?.("a[href^='#']");
  if (!link || !isPlainClick(event) || event.defaultPrevented || !matchHash(link.hash)) return;
  event.preventDefault();
  if (!dialog.open) opener = link;
  if (link.hash !== location.hash) history.pushState(null, "", link.hash);
  openFromHash();
}

export function watchRecords() {
  addEventListener("hashchange", openFromHash);
  document.addEventListener("click", openInPlace);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    // A filter chosen in a record changes the view, which the dialog would hide.
    const link = event.target.closest("a[href]");
    if (link && !link.hash && link.pathname === location.pathname) dialog.close();
  });
  dialog.addEventListener("close", () => {
    if (matchHash()) history.replaceState(null, "", location.pathname + location.search);
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  });
}
