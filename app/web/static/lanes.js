// The picture: vis-timeline with a lane for each party or issue, links for items, keys to walk it.
import { drawn, span } from "./items.js";
import { registerMarks } from "./marks.js";
import { time } from "./stretch.js";
import { Source } from "./window.js";
import { watchKeys, resetKeys } from "./walking.js";

const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const NARROW = matchMedia("(max-width: 44em)");
let widget = null;
let current = null;

function load(section) {
  if (!widget) {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: section.dataset.style });
    const ready = new Promise((done) => sheet.addEventListener("load", done, { once: true }));
    document.head.prepend(sheet); // before our own, which has the last word
    const script = Object.assign(document.createElement("script"), { src: section.dataset.script });
    const run = new Promise((done, fail) => Object.assign(script, { onload: done, onerror: fail }));
    document.head.append(script); // a classic script: it is vendored as it came
    widget = Promise.all([run, ready]).then(() => {
      registerMarks(globalThis.vis);
      return globalThis.vis;
    });
  }
  return widget;
}

function part(name, text) {
  return Object.assign(document.createElement("span"), { className: name, textContent: text });
}

function item(data) {
  const link = Object.assign(document.createElement("a"), { href: `#${data.entry}`, tabIndex: -1 });
  link.title = [data.label, data.hangs, data.more].filter(Boolean).join(", ");
  link.dataset.at = data.start.getTime();
  link.draggable = false;
  link.append(part("label", data.label));
  if (data.hangs) link.append(" ", part("hang", data.hangs));
  link.append(" ", part("unseen", data.more));
  return link;
}

function lane(group) {
  const name = document.createElement("span");
  name.textContent = group?.name ?? "";
  return name;
}

function options(vis, many) {
  return {
    ...(many ? { maxHeight: Math.max(420, innerHeight * 0.8), verticalScroll: true } : {}),
    moment: (date) => vis.moment(date).utc(),
    template: (data) => (data.entry ? item(data) : ""),
    groupTemplate: lane,
    groupOrder: "order",
    orientation: "top",
    zoomKey: "ctrlKey",
    zoomMin: 3 * 86_400_000,
    zoomMax: 25_000 * 366 * 86_400_000, // all the years that can be drawn
    selectable: false,
    showCurrentTime: false,
    showTooltips: false,
    margin: { item: { horizontal: 6, vertical: 5 }, axis: 6 },
    xss: { disabled: false },
  };
}

class Picture {
  constructor(section, vis, source) {
    this.section = section;
    this.vis = vis;
    this.source = source;
    this.host = section.querySelector("#lanes");
    this.items = new vis.DataSet();
    this.groups = new vis.DataSet();
  }

  async start() {
    const found = await this.source.first();
    const shown = this.fill(found);
    const window = span(shown.items);
    if (!window) {
      this.note("None of these entries has a date; they are in the list below.");
      return;
    }
    const laid = new Promise((done) => {
      const own = { ...options(this.vis, shown.items.length > 150), start: window.start, end: window.end, onInitialDrawComplete: done };
      this.timeline = new this.vis.Timeline(this.host, this.items, this.groups, own);
    });
    this.timeline.on("changed", () => resetKeys(this.host));
    this.timeline.on("click", (told) => this.opened(told));
    this.timeline.on("rangechanged", ({ byUser }) => byUser && this.moved());
    this.bar();
    this.tell({ ...shown, ...window, left: this.source.small ? 0 : this.source.total - found.entries.length });
    // The widget shows its first drawing at the next one, for which it would wait a second.
    this.hurry = setInterval(() => this.timeline.redraw(), 30);
    await laid;
    clearInterval(this.hurry);
    this.watchWidth();
  }

  fill({ entries }) {
    const shown = drawn(entries, this.section.dataset.lanes, this.source);
    this.groups.clear();
    this.items.clear();
    this.groups.add(shown.groups);
    this.items.add(shown.items);
    return shown;
  }

  moved() {
    if (this.source.small) return;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.reload(), 250);
  }

  async reload() {
    const { start, end } = this.timeline.getWindow();
    const turn = (this.turn ?? 0) + 1;
    this.turn = turn;
    const found = await this.source.within(start, end);
    if (turn !== this.turn) return; // the window has moved on meanwhile
    const shown = this.fill(found);
    const left = found.total - found.entries.length;
    if (left > 0) this.shade(found.entries, end);
    this.tell({ ...shown, left, maybe: found.maybe ?? 0 });
  }

  // A point has no words of its own to click on: it opens what its words open.
  opened({ item, event }) {
    if (!item || event.target.closest("a")) return;
    this.timeline.itemSet.items[item]?.dom.content.querySelector("a")?.click();
  }

  // How much room words take depends on the style, which changes with the width.
  watchWidth() {
    const narrow = () => {
      this.timeline.itemSet.markDirty({ refreshItems: true });
      this.timeline.redraw();
    };
    NARROW.addEventListener("change", narrow);
    this.unwatch = () => NARROW.removeEventListener("change", narrow);
  }

  // Beyond the last entry that was loaded the lanes are not empty, and must not look it.
  shade(entries, end) {
    const days = entries.map(({ date }) => date?.earliest).filter(Boolean).map(time).filter(Number.isFinite);
    if (days.length) this.items.add({ id: "unloaded", start: new Date(Math.max(...days)), end, type: "background", className: "unloaded", content: "" });
  }

  tell({ undated, beyond, left, earlier = 0, later = 0, maybe = null }) {
    const told = [];
    const number = left.toLocaleString("en");
    if (left > 0) told.push(maybe !== null ? `${number} more lie in this window, in the shaded part: come closer to see them.` : `The newest are drawn; ${number} more lie earlier: move or widen the window.`);
    if (maybe) told.push(`${maybe.toLocaleString("en")} more may lie here: their dates leave it open.`);
    if (earlier) told.push(`${earlier === 1 ? "One entry lies" : `${earlier} lie`} further back: “All” shows ${earlier === 1 ? "it" : "them"}.`);
    if (later) told.push(`${later === 1 ? "One entry lies" : `${later} lie`} further ahead: “All” shows ${later === 1 ? "it" : "them"}.`);
    if (beyond) told.push(`${beyond} too far off in time to be drawn: see the list.`);
    if (undated) told.push(`${undated} without a date: see the list.`);
    this.note(told.join(" "));
  }

  note(text) {
    this.section.querySelector("#lanes-note").textContent = text;
  }

  bar() {
    const bar = document.createElement("p");
    bar.className = "lanes-bar";
    const animation = !STILL.matches;
    const act = {
      Earlier: () => this.shift(-0.4, animation),
      Later: () => this.shift(0.4, animation),
      Closer: () => this.timeline.zoomIn(0.6, { animation }),
      Wider: () => this.timeline.zoomOut(0.6, { animation }),
      All: () => this.timeline.fit({ animation }),
    };
    for (const [name, does] of Object.entries(act)) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name, className: "quiet" });
      button.addEventListener("click", () => {
        does();
        setTimeout(() => this.moved(), animation ? 600 : 0);
      });
      bar.append(button);
    }
    this.section.querySelector(".lanes-choice").after(bar);
  }

  shift(part, animation) {
    const { start, end } = this.timeline.getWindow();
    const by = (end - start) * part;
    this.timeline.setWindow(new Date(+start + by), new Date(+end + by), { animation });
  }

  close() {
    clearTimeout(this.waiting);
    clearInterval(this.hurry);
    this.unwatch?.();
    this.timeline?.destroy();
  }
}

async function draw(section) {
  const source = new Source(section.dataset.query, Number(section.dataset.total));
  try {
    const picture = new Picture(section, await load(section), source);
    current = picture;
    await picture.start();
    watchKeys(picture.host);
    section.dataset.drawn = "true";
  } catch (error) {
    section.querySelector("#lanes-note").textContent = "The lanes cannot be drawn now; the list below holds everything.";
    console.warn("lanes:", error);
  }
}

export function enhanceLanes() {
  current?.close();
  current = null;
  const section = document.getElementById("picture");
  if (!section || section.dataset.total === "0") return;
  section.hidden = false;
  if (!NARROW.matches) {
    draw(section);
    return;
  }
  // A phone is given the list first, and the picture when it is asked for.
  section.classList.add("waiting");
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Draw the lanes", className: "quiet" });
  button.addEventListener("click", () => {
    button.remove();
    section.classList.remove("waiting");
    draw(section);
  });
  section.querySelector("#lanes").before(button);
}
