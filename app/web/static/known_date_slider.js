// "As known on" as a slider over the days on which something was published.
const longDate = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

function dayBefore(day) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}

function dayInWords(day) {
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? day : longDate.format(date);
}

function stopIndex(stops, day) {
  if (!day) return stops.length - 1;
  const after = stops.findIndex((stop) => stop && stop > day);
  return after < 0 ? stops.length - 2 : Math.max(0, after - 1);
}

export function addKnownDateSlider() {
  const fieldset = document.getElementById("known");
  const days = fieldset?.dataset.days.split(" ").filter(Boolean) ?? [];
  if (!days.length) return;
  const field = fieldset.querySelector("input[name=as_of]");
  // The day before the first, every day of publication, and last: everything known today.
  const stops = [dayBefore(days[0]), ...days, ""];
  const range = Object.assign(document.createElement("input"), {
    type: "range", id: "known-range", min: 0, max: stops.length - 1, step: 1,
  });
  range.value = stopIndex(stops, field.value);
  range.setAttribute("aria-label", "As known on, by publication date");
  const output = document.createElement("output");
  const showDay = (day) => {
    output.textContent = day ? dayInWords(day) : "today: everything known";
    range.setAttribute("aria-valuetext", output.textContent);
  };
  showDay(field.value);
  range.addEventListener("input", () => showDay(stops[range.value]));
  range.addEventListener("change", () => {
    field.value = stops[range.value];
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const row = document.createElement("p");
  row.className = "slider";
  row.append(range, output);
  fieldset.querySelector("legend").after(row);
}
