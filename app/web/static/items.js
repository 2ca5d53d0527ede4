// From entries to what the lanes draw. An uncertain date is drawn as the stretch it may lie in.
import { stretch } from "./stretch.js";

const DAY = 86_400_000;
const MOST_LANES = 14;

function words(date, titles) {
  const told = [];
  for (const name of ["after", "before"]) if (date[name]) told.push(`${name}: ${titles.get(date[name])}`);
  return told.join(", ");
}

// In the lane of a party its name need not be said again, nor that of an issue in its lane.
function label(entry, by, source) {
  if (!entry.stance) return entry.title;
  const stance = entry.stance.replace("_", " ");
  return by === "issue" ? `${source.name("parties", entry.party)} · ${stance}` : `${stance} · ${source.name("issues", entry.issue)}`;
}

function more(entry, by, hangs, source) {
  const told = [entry.status, entry.hedge, hangs ? "" : entry.date.display];
  if (entry.stance) told.unshift(by === "issue" ? source.name("issues", entry.issue) : source.name("parties", entry.party));
  return told.filter(Boolean).join(", ");
}

function lanesOf(entry, by) {
  if (!entry.party && !entry.parties) return ["milestones"];
  if (by === "issue") return entry.issue ? [entry.issue] : entry.issues?.length ? entry.issues : ["none"];
  return entry.party ? [entry.party] : entry.parties?.length ? entry.parties : ["none"];
}

function lanes(entries, by, source) {
  const counts = new Map();
  for (const entry of entries) {
    for (const lane of lanesOf(entry, by)) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  }
  const noun = by === "issue" ? "issues" : "parties";
  const own = [...counts.keys()].filter((lane) => lane !== "milestones" && lane !== "none");
  own.sort((one, other) => counts.get(other) - counts.get(one) || one.localeCompare(other));
  const kept = new Set(own.slice(0, MOST_LANES));
  const groups = own.slice(0, MOST_LANES).map((id, order) => ({ id, name: source.name(noun, id), order }));
  if (own.length > kept.size) groups.push({ id: "others", name: `${own.length - kept.size} others`, order: 90 });
  if (counts.has("none")) groups.push({ id: "none", name: by === "issue" ? "No issue told" : "No party told", order: 91 });
  if (counts.has("milestones")) groups.push({ id: "milestones", name: "Milestones", order: -1 });
  return { groups, kept };
}

export function drawn(entries, by, source) {
  const { groups, kept } = lanes(entries, by, source);
  const items = [];
  let undated = 0;
  let beyond = 0;
  for (const entry of entries) {
    const when = stretch(entry.date);
    if (!when) undated += 1;
    else if (when.beyond) beyond += 1;
    if (!when || when.beyond) continue;
    const hangs = words(entry.date, source.titles);
    const name = `${entry.type}/${entry.id}`;
    const classes = [entry.type, entry.status && `is-${entry.status}`, ...when.classes].filter(Boolean);
    const own = new Set(lanesOf(entry, by).map((lane) => (kept.has(lane) || ["none", "milestones"].includes(lane) ? lane : "others")));
    for (const group of own) {
      items.push({
        id: `${name}@${group}`,
        entry: name,
        group,
        type: "mark",
        ...when.mark,
        className: classes.join(" "),
        label: label(entry, by, source),
        hangs,
        more: more(entry, by, hangs, source),
      });
    }
  }
  const used = new Set(items.map(({ group }) => group));
  return { items, groups: groups.filter(({ id }) => used.has(id)), undated, beyond };
}

// The window to begin with: where most entries lie, so that a few of long ago or far ahead do not
// press the others together.
export function span(items) {
  const closed = items.filter((item) => !/open-/.test(item.className));
  const of = closed.length ? closed : items;
  if (!of.length) return null;
  const starts = of.map(({ start }) => start.getTime()).sort((a, b) => a - b);
  const ends = of.map(({ end }) => end.getTime()).sort((a, b) => a - b);
  const few = Math.floor(starts.length * 0.12);
  const [first, last, low, high] = [starts[0], ends.at(-1), starts[few], ends.at(-1 - few)];
  const third = (last - first) / 3;
  const [from, to] = [last - low < third || high - low < third ? low : first, high - first < third || high - low < third ? high : last];
  const room = Math.max((to - from) * 0.06, 7 * DAY);
  return {
    start: new Date(from - room),
    end: new Date(to + Math.max((to - from) * 0.15, room)),
    earlier: items.filter(({ end }) => end < from).length,
    later: items.filter(({ start }) => start > to).length,
  };
}
