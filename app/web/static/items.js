// From entries to what the lanes draw. An uncertain date is drawn as the stretch it may lie in.
const DAY = 86_400_000;
const OPEN = 120 * DAY; // how far a fading edge runs where there is no bound
const MOST_LANES = 14;

const time = (day) => Date.parse(`${day}T00:00:00Z`);

function stretch(date) {
  if (!date || (!date.earliest && !date.latest)) return null;
  const classes = [];
  let start = date.earliest ? time(date.earliest) : null;
  let end = date.latest ? time(date.latest) + DAY : null;
  if (start === null) {
    start = end - OPEN;
    classes.push("soft-start");
  }
  if (end === null) {
    end = start + OPEN;
    classes.push("soft-end");
  }
  const exact = date.earliest === date.latest && !date.approximate && !date.uncertain;
  if (!exact) classes.push("stretch");
  return { start, end, exact, classes };
}

function words(date, titles) {
  const told = [];
  for (const name of ["after", "before"]) if (date[name]) told.push(`${name}: ${titles.get(date[name])}`);
  return told.join(", ");
}

function label(entry, source) {
  if (entry.type !== "position") return entry.title;
  const named = (map, id) => map.get(id) ?? id;
  const stance = entry.stance.replace("_", " ");
  return `${named(source.parties, entry.party)} ${stance}: ${named(source.issues, entry.issue)}`;
}

function lanesOf(entry, by) {
  if (entry.type === "milestone") return ["milestones"];
  if (by === "issue") return entry.issue ? [entry.issue] : entry.issues.length ? entry.issues : ["none"];
  return entry.party ? [entry.party] : entry.parties.length ? entry.parties : ["none"];
}

function lanes(entries, by, source) {
  const counts = new Map();
  for (const entry of entries) {
    for (const lane of lanesOf(entry, by)) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  }
  const names = by === "issue" ? source.issues : source.parties;
  const own = [...counts.keys()].filter((lane) => lane !== "milestones" && lane !== "none");
  own.sort((one, other) => counts.get(other) - counts.get(one) || one.localeCompare(other));
  const kept = new Set(own.slice(0, MOST_LANES));
  const groups = own.slice(0, MOST_LANES).map((id, order) => ({ id, name: names.get(id) ?? id, order }));
  if (own.length > kept.size) groups.push({ id: "others", name: `${own.length - kept.size} others`, order: 90 });
  if (counts.has("none")) groups.push({ id: "none", name: by === "issue" ? "No issue told" : "No party told", order: 91 });
  if (counts.has("milestones")) groups.push({ id: "milestones", name: "Milestones", order: -1 });
  return { groups, kept };
}

export function drawn(entries, by, source) {
  const { groups, kept } = lanes(entries, by, source);
  const items = [];
  let undated = 0;
  for (const entry of entries) {
    const when = stretch(entry.date);
    if (!when) {
      undated += 1;
      continue;
    }
    const text = label(entry, source);
    const hangs = words(entry.date, source.titles);
    const more = [entry.status, entry.hedge, hangs ? "" : entry.date.display].filter(Boolean).join(", ");
    const own = new Set(lanesOf(entry, by).map((lane) => (kept.has(lane) || ["none", "milestones"].includes(lane) ? lane : "others")));
    for (const group of own) {
      items.push({
        id: `${entry.type}/${entry.id}@${group}`,
        entry: `${entry.type}/${entry.id}`,
        group,
        start: new Date(when.start),
        end: when.exact ? undefined : new Date(when.end),
        type: when.exact ? "point" : "range",
        className: [entry.type, entry.status && `is-${entry.status}`, hangs && "hangs", ...when.classes].filter(Boolean).join(" "),
        label: text,
        hangs,
        more,
      });
    }
  }
  return { items, groups, undated };
}

// The window to begin with: where most entries lie, so that one of long ago does not press the
// others together.
export function span(items) {
  const sharp = items.filter((item) => !/soft-/.test(item.className));
  const starts = (sharp.length ? sharp : items).map((item) => item.start.getTime()).sort((a, b) => a - b);
  const ends = (sharp.length ? sharp : items).map((item) => (item.end ?? item.start).getTime()).sort((a, b) => a - b);
  if (!starts.length) return null;
  const [whole, low] = [ends.at(-1) - starts[0], starts[Math.floor(starts.length * 0.12)]];
  const high = ends.at(-1);
  const from = high - low < whole / 3 ? low : starts[0];
  const room = Math.max((high - from) * 0.06, 7 * DAY);
  return { start: new Date(from - room), end: new Date(high + Math.max((high - from) * 0.3, room)), earlier: items.filter((item) => (item.end ?? item.start) < from).length };
}
