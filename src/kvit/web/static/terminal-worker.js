// @ts-check
/**
 * The terminal's service worker: keeps the page and its files, so that it opens when nobody answers. It touches nothing of
 * the API: templates are kept by the client, sales by nobody. The page itself is asked for first, and taken from the cache
 * where no answer comes in time; files have their content in their address and never change.
 */

const CACHE = "kvit-terminal-VERSION";
const PAGE = "/terminal";
const PAGE_WITHIN_MS = 4_000;
const worker = /** @type {any} */ (self);

worker.addEventListener("install", () => worker.skipWaiting());

worker.addEventListener("activate", (/** @type {any} */ event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name.startsWith("kvit-terminal-") && name !== CACHE) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(old());
});

worker.addEventListener("message", (/** @type {any} */ event) => {
  const { files } = event.data ?? {};
  if (!Array.isArray(files)) return;
  const keep = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(files);
    const page = await fetch(PAGE, { headers: { Accept: "text/html" } });
    if (page.ok && !page.redirected) await cache.put(PAGE, page);
    event.source?.postMessage({ kept: true });
  };
  event.waitUntil(keep());
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(freshPage(request));
  else if (pathname.startsWith("/static/")) event.respondWith(keptFile(request));
});

/** @param {Request} request */
async function freshPage(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PAGE_WITHIN_MS) });
    if (answer.ok && !answer.redirected) await cache.put(PAGE, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

/** @param {Request} request */
async function keptFile(request) {
  const kept = await caches.match(request);
  return kept ?? fetch(request);
}
