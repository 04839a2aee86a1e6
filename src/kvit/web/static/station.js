// @ts-check
/**
 * The station: 1, 2, 3 for paper, phone, both; the seconds a paper still waits are counted.
 *
 * A scanner that types into this window must not decide for anybody: a key counts only where it comes alone, as on the
 * counter's screen (counter.js). Keys are named by their place on the keyboard, so that they work in every script. Forms
 * are sent beside the page, which is then drawn by what it hears (watch.js).
 */

const ALONE_BEFORE_MS = 300;
const ALONE_BEHIND_MS = 160;

/** @type {Record<string, string>} */
const KEYS = {
  Digit1: "1", Numpad1: "1", Digit2: "2", Numpad2: "2", Digit3: "3", Numpad3: "3", Escape: "0", Backspace: "0",
};

const place = /** @type {HTMLElement} */ (document.getElementById("station"));
const refused = /** @type {HTMLElement} */ (document.getElementById("refused"));

let skew_ms = place ? Date.now() - Number(place.dataset.now) : 0;
let last_key = -Infinity;
/** @type {number | undefined} */
let pressing;

/** @param {string} number */
function press(number) {
  const wanted = number === "0" ? '.key[aria-pressed="true"]' : `.key[data-key="${number}"]`;
  /** @type {HTMLButtonElement | null} */ (place.querySelector(wanted))?.click();
}

document.addEventListener("keydown", (event) => {
  if (!place) return;
  const now = performance.now();
  const alone = now - last_key > ALONE_BEFORE_MS;
  last_key = now;
  clearTimeout(pressing);
  const number = KEYS[event.code];
  const target = /** @type {HTMLElement} */ (event.target);
  if (!number || event.repeat || event.ctrlKey || event.metaKey || event.altKey || target.matches("input, select")) return;
  event.preventDefault();
  if (alone) pressing = setTimeout(() => press(number), ALONE_BEHIND_MS);
});

/** @param {string} text */
function complain(text) {
  refused.textContent = text;
  refused.hidden = !text;
}

document.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!place?.contains(form)) return;
  event.preventDefault();
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  const fields = new URLSearchParams(/** @type {any} */ (new FormData(form, button)));
  if (button) button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" });
    if (answer.type === "opaqueredirect") complain("");
    else if (answer.status === 401 || answer.status === 403) location.reload();
    else complain(await toldBy(answer));
  } catch {
    complain(refused.dataset.text ?? "");
  } finally {
    if (button) button.disabled = false;
  }
});

/** @param {Response} answer */
async function toldBy(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("#refused, [role=alert], h1")?.textContent?.trim() || (refused.dataset.text ?? "");
}

function count() {
  const now = Date.now() - skew_ms;
  for (const left of /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll(".left[data-until]"))) {
    const left_s = Math.max(0, Math.ceil((Number(left.dataset.until) - now) / 1000));
    left.textContent = (left.dataset.text ?? "").replace("#", String(left_s));
  }
  const bar = /** @type {HTMLProgressElement | null} */ (place.querySelector("progress.wait"));
  const first = /** @type {HTMLElement | null} */ (place.querySelector(".now .left[data-until]"));
  if (bar && first) bar.value = Math.max(0, Math.min(bar.max, bar.max - (Number(first.dataset.until) - now) / 1000));
}

document.addEventListener("kvit:part", (event) => {
  const part = /** @type {CustomEvent<{ id: string, now_ms: number }>} */ (event).detail;
  skew_ms = Date.now() - part.now_ms;
  if (part.id === "station") count();
});

if (place) {
  setInterval(count, 250);
  count();
}
