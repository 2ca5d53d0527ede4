// The picture is one stop of the tab key; arrows walk from entry to entry.
function links(host) {
  return [...host.querySelectorAll(".vis-foreground a[href]")];
}

function middle(link) {
  const box = link.getBoundingClientRect();
  return box.top + box.height / 2;
}

function along(host, link, step) {
  const ordered = links(host).sort((one, other) => one.dataset.at - other.dataset.at || middle(one) - middle(other));
  return ordered[ordered.indexOf(link) + step];
}

function across(host, link, step) {
  const here = middle(link);
  const beyond = links(host).filter((other) => (middle(other) - here) * step > 4);
  const far = (other) => Math.abs(middle(other) - here) * 1000 + Math.abs(other.getBoundingClientRect().left - link.getBoundingClientRect().left);
  return beyond.sort((one, other) => far(one) - far(other))[0];
}

const STEPS = {
  ArrowRight: (host, link) => along(host, link, 1),
  ArrowLeft: (host, link) => along(host, link, -1),
  ArrowDown: (host, link) => across(host, link, 1),
  ArrowUp: (host, link) => across(host, link, -1),
  Home: (host) => links(host).sort((one, other) => one.dataset.at - other.dataset.at)[0],
  End: (host) => links(host).sort((one, other) => other.dataset.at - one.dataset.at)[0],
};

function choose(host, link) {
  for (const other of links(host)) other.tabIndex = other === link ? 0 : -1;
}

export function resetKeys(host) {
  const all = links(host);
  if (all.length && !all.some((link) => link.tabIndex === 0)) choose(host, all[0]);
}

export function watchKeys(host) {
  host.setAttribute("role", "group");
  host.setAttribute("aria-label", "Lanes. Arrow keys move from entry to entry, Enter opens one. The list below says the same.");
  host.addEventListener("keydown", (event) => {
    const link = event.target.closest("a[href]");
    const next = link && STEPS[event.key]?.(host, link);
    if (!next) return;
    event.preventDefault();
    choose(host, next);
    next.focus();
  });
  resetKeys(host);
}
