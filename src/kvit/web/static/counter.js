// @ts-check
/**
 * The counter's screen: one key answers, the seconds to the COPY are counted, a soft tone where it is wanted.
 *
 * A scanner that types into this window must not answer for anybody: a key counts only where it comes alone, no other key
 * within a third of a second before it nor within a sixth behind it, and only when the question has stood for a moment.
 */

const ALONE_BEFORE_MS = 300;
const ALONE_BEHIND_MS = 160;
const READ_MS = 700;
const ASK_S = 20;

/** By the place on the keyboard, so that they work in every script. @type {Record<string, "yes" | "no">} */
const KEYS = { Enter: "yes", NumpadEnter: "yes", KeyY: "yes", KeyN: "no" };

const place = /** @type {HTMLElement} */ (document.getElementById("question"));
const sound = /** @type {HTMLButtonElement} */ (document.getElementById("sound"));

let skew_ms = Date.now() - Number(place.dataset.now);
let shown_at = performance.now();
let last_key = -Infinity;
let asked = jobShown();
/** @type {number | undefined} */
let answering;

function jobShown() {
  return /** @type {HTMLElement | null} */ (place.querySelector("[data-job]"))?.dataset.job ?? "";
}

/** @param {"yes" | "no"} word */
function answer(word) {
  /** @type {HTMLButtonElement | null} */ (place.querySelector(`.answers .${word}`))?.click();
}

document.addEventListener("keydown", (event) => {
  const now = performance.now();
  const alone = now - last_key > ALONE_BEFORE_MS;
  last_key = now;
  clearTimeout(answering);
  const target = /** @type {HTMLElement} */ (event.target);
  const word = KEYS[event.code];
  if (!word || !asked || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.matches("select, input, a, summary, #sound") || target.closest("details")) return;
  if (event.key === "Enter" && target.closest(".answers .no")) return;
  event.preventDefault();
  if (alone && now - shown_at > READ_MS) answering = setTimeout(() => answer(word), ALONE_BEHIND_MS);
});

function count() {
  const until = Number(/** @type {HTMLElement | null} */ (place.querySelector("[data-until]"))?.dataset.until ?? 0);
  const text = /** @type {HTMLElement | null} */ (place.querySelector("[data-text]"));
  if (!until || !text) return;
  const left_s = Math.max(0, Math.ceil((until + skew_ms - Date.now()) / 1000));
  text.textContent = (text.dataset.text ?? "").replace("#", String(left_s));
  /** @type {HTMLProgressElement} */ (place.querySelector("progress")).value = ASK_S - Math.min(ASK_S, left_s);
}

function ring() {
  if (sound.getAttribute("aria-pressed") !== "true") return;
  const player = new AudioContext();
  const tone = player.createOscillator();
  const volume = player.createGain();
  volume.gain.setValueAtTime(0.15, player.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, player.currentTime + 0.6);
  tone.frequency.value = 660;
  tone.connect(volume).connect(player.destination);
  tone.start();
  tone.stop(player.currentTime + 0.6);
  tone.addEventListener("ended", () => player.close());
}

/** @param {boolean} on */
function setSound(on) {
  sound.setAttribute("aria-pressed", String(on));
  sound.textContent = (on ? sound.dataset.on : sound.dataset.off) ?? "";
  localStorage.setItem("kvit-sound", on ? "on" : "off");
}

sound.hidden = false;
setSound(localStorage.getItem("kvit-sound") === "on");
sound.addEventListener("click", () => {
  setSound(sound.getAttribute("aria-pressed") !== "true");
  ring();
});

document.addEventListener("kvit:part", (event) => {
  const part = /** @type {CustomEvent<{ id: string, html: string, now_ms: number }>} */ (event).detail;
  skew_ms = Date.now() - part.now_ms;
  if (part.id === "alarms" && part.html.trim()) ring();
  if (part.id !== "question") return;
  const before = asked;
  asked = jobShown();
  if (asked !== before) {
    clearTimeout(answering);
    shown_at = performance.now();
    if (asked) ring();
  }
  count();
});

setInterval(count, 250);
count();
