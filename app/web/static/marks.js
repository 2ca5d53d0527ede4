// How an entry is drawn: a bar or a point where it lies in time, and its words where there is
// room for them: inside the bar, else to its right, else to its left, else below it.
const GAP = 7;
const INSIDE = 8; // between the words and the ends of a bar that holds them

// Where the words begin, seen from the beginning of the bar.
export function place(from, to, words, room, holds) {
  const [seenFrom, seenTo] = [Math.max(from, 0), Math.min(to, room)];
  if (holds && seenTo - seenFrom >= words + 2 * INSIDE) return { side: "inside", at: seenFrom - from + INSIDE };
  if (to + GAP + words <= room) return { side: "right", at: to - from + GAP };
  if (from - GAP - words >= 0) return { side: "left", at: -GAP - words };
  return { side: "below", at: Math.max(Math.min(seenFrom, room - words), 0) - from };
}

export function registerMarks(vis) {
  const { RangeItem } = vis.timeline.components.items;
  const { types } = vis.timeline.components.ItemSet;
  types.mark ??= class Mark extends RangeItem {
    repositionX() {
      const room = this.parent.width;
      const words = this.props.content.width;
      const [start, end] = [this.data.start, this.data.end].map((date) => this.conversion.toScreen(date));
      // A browser cannot paint boxes of any length; what lies far outside is cut off.
      let [from, to] = [Math.max(start, -room), Math.min(end, 2 * room)];
      const grown = this.data.point ? this.data.least : Math.max(to - from, this.data.least);
      from = (from + to - grown) / 2;
      to = from + grown;
      const { side, at } = place(from, to, words, room, this.data.holds);
      this.left = Math.min(from, from + at);
      this.width = Math.max(to, from + at + words) - this.left;
      this.dom.box.style.transform = `translateX(${from}px)`;
      this.dom.box.style.width = `${grown}px`;
      this.dom.content.style.transform = `translateX(${at}px)`;
      const before = this.dom.box.dataset.words;
      if (before === side) return;
      this.dom.box.dataset.words = side;
      // Words below take a line more. To measure is slow, and needed for them alone.
      if (side === "below" || before === "below") this.height = this.dom.box.offsetHeight;
    }
  };
}
