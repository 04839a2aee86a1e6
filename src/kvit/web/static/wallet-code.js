// @ts-check
/**
 * The member code: draws the code of the moment from a batch fetched ahead, so that it goes on without a network. The
 * phone's clock may be wrong; what counts is the server's at the last fetch and the time that passed since.
 *
 * @typedef {{ at: number, modules: string }} Code
 * @typedef {{ now: number, window_s: number, side: number, codes: Code[], behind_s?: number }} Batch
 */

const KEY = "kvit-codes";
const AHEAD_S = 20 * 60;
/** Fetched anew when less than this is left. */
const TRY_EVERY_MS = 20_000;
const QUIET = 4;

const place = /** @type {HTMLElement} */ (document.getElementById("code"));
const left = /** @type {HTMLProgressElement} */ (document.getElementById("left"));
const state = /** @type {HTMLElement} */ (document.getElementById("state"));
const member = /** @type {HTMLElement} */ (document.getElementById("member"));

/** @type {Batch | null} */
let batch = kept();
let shown = "";
let asked = 0;

/** @returns {Batch | null} */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/** The server's clock, as far as we know it. */
const now = () => Date.now() / 1000 + (batch?.behind_s ?? 0);

const until = () => (batch?.codes.length ? batch.codes[batch.codes.length - 1].at + batch.window_s : 0);

async function fill() {
  if (Date.now() - asked < TRY_EVERY_MS) return;
  asked = Date.now();
  try {
    const answer = await fetch("/wallet/codes", { headers: { accept: "application/json" } });
    if (answer.status === 401) {
      localStorage.removeItem(KEY);
      location.assign("/wallet");
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = /** @type {Batch} */ (await answer.json());
    fresh.behind_s = fresh.now - Date.now() / 1000;
    batch = fresh;
    state.textContent = "";
    localStorage.setItem(KEY, JSON.stringify(fresh));
  } catch {
    state.textContent = state.dataset.offline ?? "";
  }
}

function draw() {
  const at = now();
  const code = batch?.codes.find((one) => one.at <= at && at < one.at + /** @type {Batch} */ (batch).window_s);
  if (!batch || !code) {
    place.classList.toggle("over", Boolean(batch));
    if (batch) state.textContent = state.dataset.over ?? "";
    left.hidden = true;
    return;
  }
  place.classList.remove("over");
  left.hidden = false;
  left.value = code.at + batch.window_s - at;
  if (shown === code.modules) return;
  shown = code.modules;
  const path = place.querySelector("svg path:last-of-type");
  const svg = place.querySelector("svg");
  const side = batch.side + 2 * QUIET;
  svg?.setAttribute("viewBox", `0 0 ${side} ${side}`);
  svg?.querySelector("path")?.setAttribute("d", `M0 0h${side}v${side}H0z`);
  path?.setAttribute("d", drawn(code.modules, batch.side));
}

/**
 * @param {string} modules packed bits in base64
 * @param {number} side
 */
function drawn(modules, side) {
  const bytes = atob(modules);
  let path = "";
  for (let at = 0; at < side * side; at++) {
    if ((bytes.charCodeAt(at >> 3) >> (7 - (at & 7))) & 1) path += `M${(at % side) + QUIET} ${Math.floor(at / side) + QUIET}h1v1h-1z`;
  }
  return path;
}

async function turn() {
  if (until() - now() < AHEAD_S) await fill();
  draw();
}

/** The screen stays on while a code is shown; a phone that can not do that goes dark as always. */
async function stayLit() {
  try {
    if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen");
  } catch {
    // refused, as with a low battery
  }
}

navigator.serviceWorker?.ready.then((registration) => {
  registration.active?.postMessage({ files: JSON.parse(member.dataset.files ?? "[]") });
});
document.addEventListener("visibilitychange", () => {
  void turn();
  void stayLit();
});
asked = 0;
void turn();
void stayLit();
setInterval(turn, 1000);
