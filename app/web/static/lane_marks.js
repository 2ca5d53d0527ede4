// How an entry is drawn: a bar or a point at its date, and its label where there is room for it:
// inside the bar, else to its right, else to its left, else below it.
const GAP = 7; // between a bar and a label beside it, in pixels
const PADDING = 8; // between a label and the ends of the bar that contains it

// Where the label starts, relative to the start of the bar.
function placeLabel(from, to, labelWidth, laneWidth, mayContainLabel) {
  const [visibleFrom, visibleTo] = [Math.max(from, 0), Math.min(to, laneWidth)];
  if (mayContainLabel && visibleTo - visibleFrom >= labelWidth + 2 * PADDING) return { side: "inside", offset: visibleFrom - from + PADDING };
  if (to + GAP + labelWidth <= laneWidth) return { side: "right", offset: to - from + GAP };
  if (from - GAP - labelWidth >= 0) return { side: "left", offset: -GAP - labelWidth };
  return { side: "below", offset: Math.max(Math.min(visibleFrom, laneWidth - labelWidth), 0) - from };
}

export function registerMarks(vis) {
  const { RangeItem } = vis.timeline.components.items;
  const { types } = vis.timeline.components.ItemSet;
  types.mark ??= class Mark extends RangeItem {
    repositionX() {
      const laneWidth = this.parent.width;
      const labelWidth = this.props.content.width;
      const [start, end] = [this.data.start, this.data.end].map((date) => this.conversion.toScreen(date));
      // Browsers cannot paint boxes of unlimited length, so those far outside are clipped.
      let [from, to] = [Math.max(start, -laneWidth), Math.min(end, 2 * laneWidth)];
      const barWidth = this.data.isPoint ? this.data.minWidth : Math.max(to - from, this.data.minWidth);
      from = (from + to - barWidth) / 2;
      to = from + barWidth;
      const { side, offset } = placeLabel(from, to, labelWidth, laneWidth, this.data.mayContainLabel);
      this.left = Math.min(from, from + offset);
      this.width = Math.max(to, from + offset + labelWidth) - this.left;
      this.dom.box.style.transform = `translateX(${from}px)`;
      this.dom.box.style.width = `${barWidth}px`;
      this.dom.content.style.transform = `translateX(${offset}px)`;
      const previousSide = this.dom.box.dataset.words;
      if (previousSide === side) return;
      this.dom.box.dataset.words = side;
      // A label below takes another line. Measuring is slow and only needed for these.
      if (side === "below" || previousSide === "below") this.height = this.dom.box.offsetHeight;
    }
  };
}
