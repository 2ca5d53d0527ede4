// Completes the snippet for embedding with this site's origin, and adds a button that copies it.
import { announce } from "./navigation.js";

export function shareEmbedSnippet() {
  const snippet = document.getElementById("snippet");
  if (!snippet) return;
  const url = new URL(snippet.dataset.embed, location.origin).href.replaceAll('"', "%22");
  snippet.value = snippet.value.replace(/src="[^"]*"/, () => `src="${url.replaceAll("&", "&amp;")}"`);
  const button = document.querySelector("[data-copy=snippet]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    snippet.select();
    await navigator.clipboard?.writeText(snippet.value);
    button.textContent = "Copied";
    announce("Copied.");
  });
}
