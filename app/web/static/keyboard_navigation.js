// The lanes are a single tab stop; arrow keys move from entry to entry.
function links(host) {
  return [...host.querySelectorAll(".vis-foreground a[href]")];
}

function middle(link) {
  const box = link.getBoundingClientRect();
  return box.top + box.height / 2;
}

function nextInTime(host, link, step) {
  const ordered = links(host).sort((left, right) => left.dataset.at - right.dataset.at || middle(left) - middle(right));
  return ordered[ordered.indexOf(link) + step];
}

function nextLane(host, link, step) {
  const height = middle(link);
  const candidates = links(host).filter((candidate) => (middle(candidate) - height) * step > 4);
  const distance = (candidate) => Math.abs(middle(candidate) - height) * 1000 + Math.abs(candidate.getBoundingClientRect().left - link.getBoundingClientRect().left);
  return candidates.sort((left, right) => distance(left) - distance(right))[0];
}

const STEPS = {
  ArrowRight: (host, link) => nextInTime(host, link, 1),
  ArrowLeft: (host, link) => nextInTime(host, link, -1),
  ArrowDown: (host, link) => nextLane(host, link, 1),
  ArrowUp: (host, link) => nextLane(host, link, -1),
  Home: (host) => links(host).sort((left, right) => left.dataset.at - right.dataset.at)[0],
  End: (host) => links(host).sort((left, right) => right.dataset.at - left.dataset.at)[0],
};

function makeTabStop(host, link) {
  for (const candidate of links(host)) candidate.tabIndex = candidate === link ? 0 : -1;
}

// Keeps one link as the tab stop after the widget has redrawn them.
export function resetKeys(host) {
  const all = links(host);
  if (all.length && !all.some((link) => link.tabIndex === 0)) makeTabStop(host, all[0]);
}

export function watchKeys(host) {
  host.setAttribute("role", "group");
  host.setAttribute("aria-label", "Lanes. Use the arrow keys to move between entries and Enter to open one. The list below contains the same entries.");
  host.addEventListener("keydown", (event) => {
    const link = event.target.closest("a[href]");
    const next = link && STEPS[event.key]?.(host, link);
    if (!next) return;
    event.preventDefault();
    makeTabStop(host, next);
    next.focus();
  });
  resetKeys(host);
}
