// Loads entries for the lanes from /v1/timeline under the page's filters, only for what is in view.
import { timeToDay } from "./date_range.js";

const MAX_ENTRIES = 240;
const FIELDS = "id,title,date,status,kind,hedge,parties,issues,party,issue,stance";

async function fetchTimeline(parameters) {
  const response = await fetch(`/v1/timeline?${parameters}`, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`the timeline answered ${response.status}`);
  return JSON.parse(await response.text(), stripControls);
}

// The server strips the same characters from what it renders: controls, and marks that change the
// direction of all text after them.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/g;

function stripControls(_, value) {
  return typeof value === "string" ? value.replace(CONTROLS, "") : value;
}

// The narrower of a filter and a bound of the window; a filter may be a month or a year, which is
// compared by its first or last day.
function narrowerBound(filter, day, isLatest) {
  if (!filter || !day) return filter || day;
  const filterDay = filter + (isLatest ? "-12-31" : "-01-01").slice(filter.length - 4);
  return isLatest ? (filterDay < day ? filter : day) : filterDay > day ? filter : day;
}

export class TimelineSource {
  constructor(query, total) {
    this.query = query;
    this.total = total;
    this.titles = new Map();
    this.parties = new Map();
    this.issues = new Map();
  }

  name(noun, id) {
    return this[noun].get(id) ?? id;
  }

  get isSmall() {
    return this.total <= MAX_ENTRIES;
  }

  parameters(changes) {
    const parameters = new URLSearchParams(this.query);
    for (const [name, value] of Object.entries(changes)) parameters.set(name, value);
    parameters.set("fields", FIELDS);
    parameters.set("include", "parties,issues");
    return parameters;
  }

  // Everything if there is little; otherwise the newest, to which the first window is fitted.
  firstEntries() {
    const changes = this.isSmall ? { limit: MAX_ENTRIES } : { limit: MAX_ENTRIES / 3, sort: "-date" };
    return this.loadPage(this.parameters(changes));
  }

  async entriesBetween(start, end) {
    const filters = new URLSearchParams(this.query);
    const from = narrowerBound(filters.get("from"), timeToDay(start), false);
    const to = narrowerBound(filters.get("to"), timeToDay(end), true);
    if (from && to && from > to) return { entries: [], total: 0 };
    const changes = { ...(from && { from }), ...(to && { to }), limit: MAX_ENTRIES };
    const page = await this.loadPage(this.parameters(changes));
    if (page.total <= MAX_ENTRIES || filters.get("match") === "certain") return page;
    // Of many, only those certain to lie here: a date without an end may lie in any later window.
    const certain = await this.loadPage(this.parameters({ ...changes, match: "certain" }));
    return { ...certain, possible: page.total - certain.total };
  }

  async loadPage(parameters) {
    const page = await fetchTimeline(parameters);
    for (const noun of ["parties", "issues"]) {
      for (const [id, record] of Object.entries(page.included[noun])) this[noun].set(id, record.name);
    }
    for (const entry of page.items) if (entry.title) this.titles.set(entry.id, entry.title);
    await this.loadAnchorTitles(page.items);
    return { entries: page.items, total: page.total };
  }

  // The titles of the events that dates are anchored to, unless they are loaded already.
  async loadAnchorTitles(entries) {
    const anchors = entries.flatMap(({ date }) => [date?.before, date?.after]);
    const unknown = [...new Set(anchors)].filter((id) => id && !this.titles.has(id)).slice(0, 100);
    if (!unknown.length) return;
    const parameters = new URLSearchParams({ id: unknown.join(","), fields: "id,title", limit: 200 });
    const filters = new URLSearchParams(this.query);
    for (const clock of ["as_of", "revision"]) if (filters.has(clock)) parameters.set(clock, filters.get(clock));
    for (const id of unknown) this.titles.set(id, id);
    for (const { id, title } of (await fetchTimeline(parameters)).items) if (title) this.titles.set(id, title);
  }
}
