// Pages as documents of their own, fetched by those who show them or a part of them.
export async function fetchPage(url, signal) {
  const response = await fetch(url, { headers: { accept: "text/html" }, signal });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}
