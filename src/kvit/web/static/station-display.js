// @ts-check
/** The customer's display: a thank-you, and a code nobody used, go by themselves when their time is over. */

const place = /** @type {HTMLElement} */ (document.getElementById("display"));
let skew_ms = Date.now() - Number(place.dataset.now);
/** @type {number | undefined} */
let timer;

function wait() {
  clearTimeout(timer);
  const until = Number(/** @type {HTMLElement | null} */ (place.querySelector("[data-until]"))?.dataset.until ?? 0);
  if (until) timer = setTimeout(() => location.reload(), Math.max(500, until + skew_ms - Date.now() + 100));
}

document.addEventListener("kvit:part", (event) => {
  skew_ms = Date.now() - /** @type {CustomEvent<{ now_ms: number }>} */ (event).detail.now_ms;
  wait();
});
wait();
