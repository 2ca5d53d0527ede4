// What the lanes load: /v1/timeline under the page's filters, only as much as is in view.
import { bound } from "./stretch.js";

export const MOST = 240;
const FIELDS = "id,title,date,status,kind,hedge,parties,issues,party,issue,stance";

async function ask(parameters) {
  const response = await fetch(`/v1/timeline?${parameters}`, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`the timeline answered ${response.status}`);
  return JSON.parse(await response.text(), plain);
}

// The server strips the same from what it renders: controls, and marks that turn the direction
// of all that follows them.
const TURNING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/g;

function plain(_, value) {
  return typeof value === "string" ? value.replace(TURNING, "") : value;
}

function wider(own, day, latest) {
  // A filter may be a month or a year; what it means is compared by its first or last day.
  if (!own || !day) return own || day;
  const full = own + (latest ? "-12-31" : "-01-01").slice(own.length - 4);
  return latest ? (full < day ? own : day) : full > day ? own : day;
}

export class Source {
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

  get small() {
    return this.total <= MOST;
  }

  parameters(more) {
    const found = new URLSearchParams(this.query);
    for (const [name, value] of Object.entries(more)) found.set(name, value);
    found.set("fields", FIELDS);
    found.set("include", "parties,issues");
    return found;
  }

  // Everything where that is little; else the newest, which the first window is made to hold.
  first() {
    const more = this.small ? { limit: MOST } : { limit: MOST / 3, sort: "-date" };
    return this.page(this.parameters(more));
  }

  async within(from, to) {
    const given = new URLSearchParams(this.query);
    const [low, high] = [wider(given.get("from"), bound(from), false), wider(given.get("to"), bound(to), true)];
    if (low && high && low > high) return { entries: [], total: 0 };
    const window = { ...(low && { from: low }), ...(high && { to: high }), limit: MOST };
    const all = await this.page(this.parameters(window));
    if (all.total <= MOST || given.get("match") === "certain") return all;
    // Of many, those that surely lie here: a date without an end may lie in every later window.
    const sure = await this.page(this.parameters({ ...window, match: "certain" }));
    return { ...sure, maybe: all.total - sure.total };
  }

  async page(parameters) {
    const found = await ask(parameters);
    for (const noun of ["parties", "issues"]) {
      for (const [id, record] of Object.entries(found.included[noun])) this[noun].set(id, record.name);
    }
    for (const entry of found.items) if (entry.title) this.titles.set(entry.id, entry.title);
    await this.resolve(found.items);
    return { entries: found.items, total: found.total };
  }

  // The titles of what dates hang on, where they are not in view themselves.
  async resolve(entries) {
    const anchors = entries.flatMap(({ date }) => [date?.before, date?.after]);
    const unknown = [...new Set(anchors)].filter((id) => id && !this.titles.has(id)).slice(0, 100);
    if (!unknown.length) return;
    const parameters = new URLSearchParams({ id: unknown.join(","), fields: "id,title", limit: 200 });
    const given = new URLSearchParams(this.query);
    for (const clock of ["as_of", "revision"]) if (given.has(clock)) parameters.set(clock, given.get(clock));
    for (const id of unknown) this.titles.set(id, id);
    for (const { id, title } of (await ask(parameters)).items) if (title) this.titles.set(id, title);
  }
}
