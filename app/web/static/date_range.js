// Where a date is drawn, and how: a known day, known days, or a range in which it lies.
const DAY = 86_400_000; // in milliseconds
const FADE = 120 * DAY; // length of the fading end where there is no bound
const MAX_YEAR = 9999; // BC and AD; dates beyond these are only in the list
const DAY_INTERVAL = /^-?\d{4}-\d\d-\d\d\/-?\d{4}-\d\d-\d\d$/; // from one certain day to another

// Midnight of a day such as 2023-04-25 or -0043-03-15; infinite if it is too distant to be drawn.
export function dayToTime(day) {
  const [, sign, years, month, date] = /^([-+]?)(\d+)-(\d\d)-(\d\d)$/.exec(day);
  if (Number(years) > MAX_YEAR) return sign === "-" ? -Infinity : Infinity;
  return new Date(0).setUTCFullYear(Number(sign + years), Number(month) - 1, Number(date));
}

// A bound as the API takes it; null if it is outside the years that the API accepts.
export function timeToDay(date) {
  const year = date.getUTCFullYear();
  return year < 0 || year > MAX_YEAR ? null : date.toISOString().slice(0, 10);
}

function rangeClasses(date, openStart, openEnd) {
  const start = openStart ? "open-start" : date.after ? "after" : "soft-start";
  const end = openEnd ? "open-end" : date.before ? "before" : "soft-end";
  return ["stretch", start, end, ...(date.after || date.before ? ["hangs"] : [])];
}

// Null if nothing is known; `beyond` if it is outside what can be drawn.
export function dateRange(date) {
  if (!date || (!date.earliest && !date.latest)) return null;
  let start = date.earliest ? dayToTime(date.earliest) : -Infinity;
  let end = date.latest ? dayToTime(date.latest) + DAY : Infinity;
  if (start === Infinity || end === -Infinity || (start === -Infinity && end === Infinity)) return { beyond: true };
  const [openStart, openEnd] = [start === -Infinity, end === Infinity];
  if (openStart) start = end - FADE;
  if (openEnd) end = start + FADE;
  const isCertain = !date.approximate && !date.uncertain;
  const isPoint = isCertain && date.earliest === date.latest;
  const isKnown = isPoint || (isCertain && !date.before && !date.after && DAY_INTERVAL.test(date.edtf));
  const classes = isPoint ? ["point"] : isKnown ? ["known"] : rangeClasses(date, openStart, openEnd);
  const mark = { start: new Date(start), end: new Date(end), isPoint, minWidth: isPoint ? 10 : 14, mayContainLabel: !isKnown };
  return { classes, mark };
}
