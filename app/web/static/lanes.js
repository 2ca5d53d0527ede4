// The lanes: vis-timeline with a lane for each party or issue, a link for each item, and keyboard
// navigation.
import { dayToTime } from "./date_range.js";
import { resetKeys, watchKeys } from "./keyboard_navigation.js";
import { initialWindow, laneItems } from "./lane_items.js";
import { registerMarks } from "./lane_marks.js";
import { TimelineSource } from "./timeline_source.js";

const REDUCED_MOTION = matchMedia("(prefers-reduced-motion: reduce)");
const NARROW = matchMedia("(max-width: 44em)");
let widget = null; // a promise of vis-timeline, once requested
let current = null; // the timeline that is shown

function loadWidget(section) {
  if (!widget) {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: section.dataset.style });
    const styled = new Promise((resolve) => sheet.addEventListener("load", resolve, { once: true }));
    document.head.prepend(sheet); // before the page's own, which overrides it
    const script = Object.assign(document.createElement("script"), { src: section.dataset.script });
    const loaded = new Promise((resolve, reject) => Object.assign(script, { onload: resolve, onerror: reject }));
    document.head.append(script); // a classic script, vendored unchanged
    widget = Promise.all([loaded, styled]).then(() => {
      registerMarks(globalThis.vis);
      return globalThis.vis;
    });
  }
  return widget;
}

function span(className, text) {
  return Object.assign(document.createElement("span"), { className, textContent: text });
}

function itemLink(data) {
  const link = Object.assign(document.createElement("a"), { href: `#${data.entry}`, tabIndex: -1 });
  link.title = [data.label, data.anchors, data.details].filter(Boolean).join(", ");
  link.dataset.at = data.start.getTime();
  link.draggable = false;
  link.append(span("label", data.label));
  if (data.anchors) link.append(" ", span("hang", data.anchors));
  link.append(" ", span("unseen", data.details));
  return link;
}

function laneName(group) {
  const name = document.createElement("span");
  name.textContent = group?.name ?? "";
  return name;
}

function options(vis, hasManyItems) {
  return {
    ...(hasManyItems ? { maxHeight: Math.max(420, innerHeight * 0.8), verticalScroll: true } : {}),
    moment: (date) => vis.moment(date).utc(),
    template: (data) => (data.entry ? itemLink(data) : ""),
    groupTemplate: laneName,
    groupOrder: "order",
    orientation: "top",
    zoomKey: "ctrlKey",
    zoomMin: 3 * 86_400_000,
    zoomMax: 25_000 * 366 * 86_400_000, // every year that can be drawn
    selectable: false,
    showCurrentTime: false,
    showTooltips: false,
    margin: { item: { horizontal: 6, vertical: 5 }, axis: 6 },
    xss: { disabled: false },
  };
}

class LaneTimeline {
  constructor(section, vis, source) {
    this.section = section;
    this.vis = vis;
    this.source = source;
    this.host = section.querySelector("#lanes");
    this.items = new vis.DataSet();
    this.groups = new vis.DataSet();
  }

  async start() {
    const page = await this.source.firstEntries();
    const drawn = this.fill(page);
    const window = initialWindow(drawn.items);
    if (!window) {
      this.note("None of these entries has a date; see the list below.");
      return;
    }
    const firstDrawing = new Promise((resolve) => {
      const settings = { ...options(this.vis, drawn.items.length > 150), start: window.start, end: window.end, onInitialDrawComplete: resolve };
      this.timeline = new this.vis.Timeline(this.host, this.items, this.groups, settings);
    });
    this.timeline.on("changed", () => resetKeys(this.host));
    this.timeline.on("click", (properties) => this.openClicked(properties));
    this.timeline.on("rangechanged", ({ byUser }) => byUser && this.scheduleReload());
    this.addToolbar();
    this.showNotes({ ...drawn, ...window, omitted: this.source.isSmall ? 0 : this.source.total - page.entries.length });
    // The widget reveals its first drawing at its next redraw, which would come a second later.
    this.redrawing = setInterval(() => this.timeline.redraw(), 30);
    await firstDrawing;
    clearInterval(this.redrawing);
    this.watchWidth();
  }

  fill({ entries }) {
    const drawn = laneItems(entries, this.section.dataset.lanes, this.source);
    this.groups.clear();
    this.items.clear();
    this.groups.add(drawn.groups);
    this.items.add(drawn.items);
    return drawn;
  }

  scheduleReload() {
    if (this.source.isSmall) return;
    clearTimeout(this.reloadTimer);
    this.reloadTimer = setTimeout(() => this.reload(), 250);
  }

  async reload() {
    const { start, end } = this.timeline.getWindow();
    const reloads = (this.reloads ?? 0) + 1;
    this.reloads = reloads;
    const page = await this.source.entriesBetween(start, end);
    if (reloads !== this.reloads) return; // the window has moved on meanwhile
    const drawn = this.fill(page);
    const omitted = page.total - page.entries.length;
    if (omitted > 0) this.shade(page.entries, end);
    this.showNotes({ ...drawn, omitted, possible: page.possible ?? 0 });
  }

  // A bar or point has no text to click on: it opens what its label links to.
  openClicked({ item, event }) {
    if (!item || event.target.closest("a")) return;
    this.timeline.itemSet.items[item]?.dom.content.querySelector("a")?.click();
  }

  // How wide labels are depends on the style, which changes with the width of the page.
  watchWidth() {
    const remeasure = () => {
      this.timeline.itemSet.markDirty({ refreshItems: true });
      this.timeline.redraw();
    };
    NARROW.addEventListener("change", remeasure);
    this.stopWatchingWidth = () => NARROW.removeEventListener("change", remeasure);
  }

  // Beyond the last loaded entry the lanes are not empty, and must not look as if they were.
  shade(entries, end) {
    const times = entries.map(({ date }) => date?.earliest).filter(Boolean).map(dayToTime).filter(Number.isFinite);
    if (times.length) this.items.add({ id: "unloaded", start: new Date(Math.max(...times)), end, type: "background", className: "unloaded", content: "" });
  }

  showNotes({ undated, beyond, omitted, earlier = 0, later = 0, possible = null }) {
    const notes = [];
    const number = omitted.toLocaleString("en");
    if (omitted > 0) notes.push(possible !== null ? `The shaded area contains ${number} more entries. Zoom in to see them.` : `Only the newest entries are drawn. To see ${number} earlier ones, move back or zoom out.`);
    if (possible) notes.push(`${possible.toLocaleString("en")} more may fall within this period; their dates are uncertain.`);
    if (earlier) notes.push(`${earlier === 1 ? "One entry is" : `${earlier} entries are`} earlier. Choose “All” to see ${earlier === 1 ? "it" : "them"}.`);
    if (later) notes.push(`${later === 1 ? "One entry is" : `${later} entries are`} later. Choose “All” to see ${later === 1 ? "it" : "them"}.`);
    if (beyond) notes.push(`${beyond === 1 ? "One entry is" : `${beyond} entries are`} too distant in time to draw; see the list.`);
    if (undated) notes.push(`${undated === 1 ? "One entry has" : `${undated} entries have`} no date; see the list.`);
    this.note(notes.join(" "));
  }

  note(text) {
    this.section.querySelector("#lanes-note").textContent = text;
  }

  addToolbar() {
    const toolbar = document.createElement("p");
    toolbar.className = "lanes-bar";
    const animation = !REDUCED_MOTION.matches;
    const actions = {
      Earlier: () => this.shift(-0.4, animation),
      Later: () => this.shift(0.4, animation),
      "Zoom in": () => this.timeline.zoomIn(0.6, { animation }),
      "Zoom out": () => this.timeline.zoomOut(0.6, { animation }),
      All: () => this.timeline.fit({ animation }),
    };
    for (const [name, action] of Object.entries(actions)) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name, className: "quiet" });
      button.addEventListener("click", () => {
        action();
        setTimeout(() => this.scheduleReload(), animation ? 600 : 0);
      });
      toolbar.append(button);
    }
    this.section.querySelector(".lanes-choice").after(toolbar);
  }

  // Moves the window by a fraction of its length.
  shift(fraction, animation) {
    const { start, end } = this.timeline.getWindow();
    const distance = (end - start) * fraction;
    this.timeline.setWindow(new Date(+start + distance), new Date(+end + distance), { animation });
  }

  close() {
    clearTimeout(this.reloadTimer);
    clearInterval(this.redrawing);
    this.stopWatchingWidth?.();
    this.timeline?.destroy();
  }
}

async function draw(section) {
  const source = new TimelineSource(section.dataset.query, Number(section.dataset.total));
  try {
    const lanes = new LaneTimeline(section, await loadWidget(section), source);
    current = lanes;
    await lanes.start();
    watchKeys(lanes.host);
    section.dataset.drawn = "true";
  } catch (error) {
    section.querySelector("#lanes-note").textContent = "The lanes could not be drawn. The list below contains all entries.";
    console.warn("lanes:", error);
  }
}

export function drawLanes() {
  current?.close();
  current = null;
  const section = document.getElementById("picture");
  if (!section || section.dataset.total === "0") return;
  section.hidden = false;
  if (!NARROW.matches) {
    draw(section);
    return;
  }
  // On a phone the list comes first, and the lanes are drawn on request.
  section.classList.add("waiting");
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Show the lanes", className: "quiet" });
  button.addEventListener("click", () => {
    button.remove();
    section.classList.remove("waiting");
    draw(section);
  });
  section.querySelector("#lanes").before(button);
}
