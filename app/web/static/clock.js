// "As known on" as a slider over the days on which something was published.
const long = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

function before(day) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}

export function dayInWords(day) {
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? day : long.format(date);
}

function placed(stops, day) {
  if (!day) return stops.length - 1;
  const after = stops.findIndex((stop) => stop && stop > day);
  return after < 0 ? stops.length - 2 : Math.max(0, after - 1);
}

export function enhanceClock() {
  const known = document.getElementById("known");
  const days = known?.dataset.days.split(" ").filter(Boolean) ?? [];
  if (!days.length) return;
  const field = known.querySelector("input[name=as_of]");
  // The day before the first, every day of publication, and last: all that is known.
  const stops = [before(days[0]), ...days, ""];
  const range = Object.assign(document.createElement("input"), {
    type: "range", id: "known-range", min: 0, max: stops.length - 1, step: 1,
  });
  range.value = placed(stops, field.value);
  range.setAttribute("aria-label", "As known on, by days of publication");
  const told = document.createElement("output");
  const say = (day) => {
    told.textContent = day ? dayInWords(day) : "today: all that is known";
    range.setAttribute("aria-valuetext", told.textContent);
  };
  say(field.value);
  range.addEventListener("input", () => say(stops[range.value]));
  range.addEventListener("change", () => {
    field.value = stops[range.value];
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const row = document.createElement("p");
  row.className = "slider";
  row.append(range, told);
  known.querySelector("legend").after(row);
}
