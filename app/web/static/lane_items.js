// Converts entries to the items that the lanes draw. An uncertain date is drawn as the range in
// which it may lie.
import { dateRange } from "./date_range.js";

const DAY = 86_400_000; // in milliseconds
const MAX_LANES = 14;

function anchorText(date, titles) {
  const anchors = ["after", "before"].filter((name) => date[name]);
  return anchors.map((name) => `${name}: ${titles.get(date[name])}`).join(", ");
}

// The name of a party is not repeated in its own lane, nor that of an issue.
function label(entry, by, source) {
  if (!entry.stance) return entry.title;
  const stance = entry.stance.replace("_", " ");
  return by === "issue" ? `${source.name("parties", entry.party)} · ${stance}` : `${stance} · ${source.name("issues", entry.issue)}`;
}

function details(entry, by, anchors, source) {
  const parts = [entry.status, entry.hedge, anchors ? "" : entry.date.display];
  if (entry.stance) parts.unshift(by === "issue" ? source.name("issues", entry.issue) : source.name("parties", entry.party));
  return parts.filter(Boolean).join(", ");
}

function lanesOf(entry, by) {
  if (!entry.party && !entry.parties) return ["milestones"];
  if (by === "issue") return entry.issue ? [entry.issue] : entry.issues?.length ? entry.issues : ["none"];
  return entry.party ? [entry.party] : entry.parties?.length ? entry.parties : ["none"];
}

// The lanes with the most entries; `named` holds the ids of those that have a lane of their own.
function lanes(entries, by, source) {
  const counts = new Map();
  for (const entry of entries) {
    for (const lane of lanesOf(entry, by)) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  }
  const noun = by === "issue" ? "issues" : "parties";
  const ids = [...counts.keys()].filter((lane) => lane !== "milestones" && lane !== "none");
  ids.sort((left, right) => counts.get(right) - counts.get(left) || left.localeCompare(right));
  const named = new Set(ids.slice(0, MAX_LANES));
  const groups = [...named].map((id, order) => ({ id, name: source.name(noun, id), order }));
  if (ids.length > named.size) groups.push({ id: "others", name: `${ids.length - named.size} others`, order: 90 });
  if (counts.has("none")) groups.push({ id: "none", name: by === "issue" ? "No issue given" : "No party given", order: 91 });
  if (counts.has("milestones")) groups.push({ id: "milestones", name: "Milestones", order: -1 });
  return { groups, named };
}

export function laneItems(entries, by, source) {
  const { groups, named } = lanes(entries, by, source);
  const items = [];
  let undated = 0;
  let beyond = 0;
  for (const entry of entries) {
    const range = dateRange(entry.date);
    if (!range) undated += 1;
    else if (range.beyond) beyond += 1;
    if (!range || range.beyond) continue;
    const anchors = anchorText(entry.date, source.titles);
    const name = `${entry.type}/${entry.id}`;
    const classes = [entry.type, entry.status && `is-${entry.status}`, ...range.classes].filter(Boolean);
    const entryLanes = new Set(lanesOf(entry, by).map((lane) => (named.has(lane) || ["none", "milestones"].includes(lane) ? lane : "others")));
    for (const group of entryLanes) {
      items.push({
        id: `${name}@${group}`,
        entry: name,
        group,
        type: "mark",
        ...range.mark,
        className: classes.join(" "),
        label: label(entry, by, source),
        anchors,
        details: details(entry, by, anchors, source),
      });
    }
  }
  const used = new Set(items.map(({ group }) => group));
  return { items, groups: groups.filter(({ id }) => used.has(id)), undated, beyond };
}

// The window to start with: where most entries lie, so that a few very early or very late ones do
// not squeeze the rest together.
export function initialWindow(items) {
  const bounded = items.filter((item) => !/open-/.test(item.className));
  const measured = bounded.length ? bounded : items;
  if (!measured.length) return null;
  const starts = measured.map(({ start }) => start.getTime()).sort((a, b) => a - b);
  const ends = measured.map(({ end }) => end.getTime()).sort((a, b) => a - b);
  const outliers = Math.floor(starts.length * 0.12);
  const [first, last, low, high] = [starts[0], ends.at(-1), starts[outliers], ends.at(-1 - outliers)];
  const third = (last - first) / 3;
  const [from, to] = [last - low < third || high - low < third ? low : first, high - first < third || high - low < third ? high : last];
  const margin = Math.max((to - from) * 0.06, 7 * DAY);
  return {
    start: new Date(from - margin),
    end: new Date(to + Math.max((to - from) * 0.15, margin)),
    earlier: items.filter(({ end }) => end < from).length,
    later: items.filter(({ start }) => start > to).length,
  };
}
