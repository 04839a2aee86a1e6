// @ts-check
/**
 * The wallet's service worker: keeps the member code's page and its files, so that it opens without a network, and shows
 * what is pushed. It keeps no receipt and no list: what is personal is asked for anew each time.
 */

const CACHE = "kvit-wallet-VERSION";
const PAGE = "/wallet/code";
const PAGE_WITHIN_MS = 4_000;
const worker = /** @type {any} */ (self);

worker.addEventListener("install", () => worker.skipWaiting());

worker.addEventListener("activate", (/** @type {any} */ event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name.startsWith("kvit-wallet-") && name !== CACHE) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(old());
});

worker.addEventListener("message", (/** @type {any} */ event) => {
  const { files } = event.data ?? {};
  if (!Array.isArray(files)) return;
  const keep = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(files.filter((name) => typeof name === "string" && name.startsWith("/static/")));
    const page = await fetch(PAGE, { headers: { Accept: "text/html" } });
    if (page.ok && !page.redirected) await cache.put(PAGE, page);
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

worker.addEventListener("push", (/** @type {any} */ event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // a push without words still says that there is something
  }
  const { title = "Kvit", body = "", url = "/wallet" } = /** @type {any} */ (told);
  event.waitUntil(worker.registration.showNotification(String(title), { body: String(body), data: { url: String(url) } }));
});

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  const target = new URL(event.notification.data?.url ?? "/wallet", worker.location.origin);
  const url = target.origin === worker.location.origin ? target.href : `${worker.location.origin}/wallet`;
  event.waitUntil(worker.clients.openWindow(url));
});
