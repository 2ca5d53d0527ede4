// Fetches pages as documents, for scripts that show them or parts of them.
export async function fetchPage(url, signal) {
  const response = await fetch(url, { headers: { accept: "text/html" }, signal });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}
