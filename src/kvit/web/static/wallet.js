// @ts-check
/**
 * What the wallet's pages can do better with a script: copy a link, hand it to another app, take pushes. All else works
 * without. Elements that need this are hidden until it runs.
 */

const $ = (/** @type {string} */ id) => document.getElementById(id);

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/wallet/worker.js", { scope: "/wallet" }).catch(() => {});

/** Without a wallet the codes of the one before are of no use to anybody. */
if (!document.querySelector(".tabs")) localStorage.removeItem("kvit-codes");

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-copy]"))) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText($(button.dataset.copy ?? "")?.textContent ?? "");
    button.textContent = button.dataset.done ?? "";
  });
}

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-share]"))) {
  if (!("share" in navigator)) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const url = $(button.dataset.share ?? "")?.textContent ?? "";
    navigator.share({ url }).catch(() => {});
  });
}

const panel = $("push");
if (panel && "serviceWorker" in navigator && "PushManager" in window) void offerPush(panel);

/** @param {HTMLElement} place */
async function offerPush(place) {
  const on = $("push-on"), off = $("push-off"), state = $("push-state");
  if (!on || !off || !state) return;
  const registration = await navigator.serviceWorker.ready;
  place.hidden = false;
  const show = async () => {
    const known = await registration.pushManager.getSubscription();
    on.hidden = known !== null;
    off.hidden = known === null;
  };
  on.addEventListener("click", async () => {
    if ((await Notification.requestPermission()) !== "granted") {
      state.textContent = state.dataset.denied ?? "";
      return;
    }
    try {
      const key = bytesOf(place.dataset.key ?? "");
      const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
      if (!(await tell(place, "/wallet/push", made))) await made.unsubscribe();
      else state.textContent = state.dataset.done ?? "";
    } catch {
      state.textContent = state.dataset.no ?? "";
    }
    await show();
  });
  off.addEventListener("click", async () => {
    const known = await registration.pushManager.getSubscription();
    if (known && (await tell(place, "/wallet/push/off", known))) await known.unsubscribe();
    state.textContent = "";
    await show();
  });
  await show();
}

/**
 * @param {HTMLElement} place
 * @param {string} path
 * @param {PushSubscription} subscription
 */
async function tell(place, path, subscription) {
  const headers = { "content-type": "application/json", "x-csrf-token": place.dataset.token ?? "" };
  const body = JSON.stringify({ subscription: JSON.stringify(subscription) });
  const answer = await fetch(path, { method: "POST", headers, body });
  return answer.ok;
}

/** @param {string} text base64url */
function bytesOf(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
