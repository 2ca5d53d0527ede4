// The page is complete without scripts. They open records in a dialog, change the filters without
// loading a new page, and draw the lanes.
import { shareEmbedSnippet } from "./embed_snippet.js";
import { addKnownDateSlider } from "./known_date_slider.js";
import { drawLanes } from "./lanes.js";
import { watchNavigation } from "./navigation.js";
import { openFromHash, watchRecords } from "./record_dialog.js";

function enhance() {
  addKnownDateSlider();
  shareEmbedSnippet();
  drawLanes();
}

document.documentElement.classList.add("scripted");
enhance();
watchRecords();
watchNavigation(enhance);
openFromHash();
