// From a date to where it is drawn, and how: a known day, known days, or a stretch that it lies in.
const DAY = 86_400_000;
const OPEN = 120 * DAY; // how far a fading edge runs where there is no bound
const MOST_YEARS = 9999; // before and after our era; beyond, a date is for the list alone
const DAYS = /^-?\d{4}-\d\d-\d\d\/-?\d{4}-\d\d-\d\d$/; // from one certain day to another

// Midnight of a day such as 2023-04-25 or -0043-03-15; infinite where it lies beyond what is drawn.
export function time(day) {
  const [, sign, years, month, date] = /^([-+]?)(\d+)-(\d\d)-(\d\d)$/.exec(day);
  if (Number(years) > MOST_YEARS) return sign === "-" ? -Infinity : Infinity;
  return new Date(0).setUTCFullYear(Number(sign + years), Number(month) - 1, Number(date));
}

// A bound as the interface takes it; none where it lies outside the years that it can name.
export function bound(date) {
  const year = date.getUTCFullYear();
  return year < 0 || year > MOST_YEARS ? null : date.toISOString().slice(0, 10);
}

function edges(date, openStart, openEnd) {
  const start = openStart ? "open-start" : date.after ? "after" : "soft-start";
  const end = openEnd ? "open-end" : date.before ? "before" : "soft-end";
  return ["stretch", start, end, ...(date.after || date.before ? ["hangs"] : [])];
}

// Null where nothing is told; `beyond` where it lies outside what can be drawn.
export function stretch(date) {
  if (!date || (!date.earliest && !date.latest)) return null;
  let start = date.earliest ? time(date.earliest) : -Infinity;
  let end = date.latest ? time(date.latest) + DAY : Infinity;
  if (start === Infinity || end === -Infinity || (start === -Infinity && end === Infinity)) return { beyond: true };
  const [openStart, openEnd] = [start === -Infinity, end === Infinity];
  if (openStart) start = end - OPEN;
  if (openEnd) end = start + OPEN;
  const sure = !date.approximate && !date.uncertain;
  const point = sure && date.earliest === date.latest;
  const known = point || (sure && !date.before && !date.after && DAYS.test(date.edtf));
  const classes = point ? ["point"] : known ? ["known"] : edges(date, openStart, openEnd);
  return { classes, mark: { start: new Date(start), end: new Date(end), point, least: point ? 10 : 14, holds: !known } };
}
