// The page is whole without this. Here it learns to open records in place, to change its filters
// without a new page, and to draw the lanes.
import { enhanceClock } from "./clock.js";
import { enhanceLanes } from "./lanes.js";
import { openNamed, watchRecords } from "./record.js";
import { enhanceShare } from "./share.js";
import { watchView } from "./view.js";

function enhance() {
  enhanceClock();
  enhanceShare();
  enhanceLanes();
}

document.documentElement.classList.add("scripted");
enhance();
watchRecords();
watchView(enhance);
openNamed();
