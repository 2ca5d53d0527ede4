// The snippet with this site's own address, and a button that copies it.
import { announce } from "./view.js";

export function enhanceShare() {
  const snippet = document.getElementById("snippet");
  if (!snippet) return;
  const address = new URL(snippet.dataset.embed, location.origin).href.replaceAll('"', "%22");
  snippet.value = snippet.value.replace(/src="[^"]*"/, () => `src="${address.replaceAll("&", "&amp;")}"`);
  const button = document.querySelector("[data-copy=snippet]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    snippet.select();
    await navigator.clipboard?.writeText(snippet.value);
    button.textContent = "Copied";
    announce("Copied.");
  });
}
