// @ts-check
/**
 * The live page: puts each receipt that comes on top of the list, and listens to the keyboard.
 *
 * The rows are made by the server (card.html), so the page looks the same with and without this module. The browser's
 * EventSource comes back by itself and tells the last event it saw.
 */

/** @typedef {{ id: string, html: string }} Arrived */

const ROWS_MAX = 200;

const list = /** @type {HTMLOListElement} */ (document.getElementById("receipts"));
const empty = /** @type {HTMLElement} */ (document.getElementById("empty"));
const burst = /** @type {HTMLElement} */ (document.getElementById("burst"));
const state = /** @type {HTMLElement} */ (document.getElementById("state"));
const heard = /** @type {HTMLElement} */ (document.getElementById("heard"));
const search = /** @type {HTMLInputElement} */ (document.querySelector("input[type=search]"));

/** @param {"on" | "off"} now */
function tell(now) {
  state.dataset.now = now;
  state.textContent = state.dataset[now] ?? "";
}

/** @param {string} id @returns {HTMLElement | null} */
const rowOf = (id) => list.querySelector(`[data-id="${CSS.escape(id)}"]`);

/**
 * Say a new receipt to who listens instead of looking: its title and sum, the list itself stays silent.
 * @param {HTMLElement} row
 */
function announce(row) {
  const words = [".title", ".sum"].map((name) => row.querySelector(name)?.textContent?.trim() ?? "");
  heard.textContent = [heard.dataset.word, ...words].filter(Boolean).join(", ");
}

/** @param {Arrived} arrived */
function put({ id, html }) {
  const shelf = document.createElement("template");
  shelf.innerHTML = html;
  const row = /** @type {HTMLElement} */ (shelf.content.firstElementChild);
  const old = rowOf(id);
  if (old) {
    old.replaceWith(row);
  } else {
    row.classList.add("new");
    const n = Number(row.dataset.n);
    const before = [...list.children].find((other) => Number(/** @type {HTMLElement} */ (other).dataset.n) < n);
    list.insertBefore(row, before ?? null);
    announce(row);
  }
  while (list.children.length > ROWS_MAX) list.lastElementChild?.remove();
  empty.hidden = true;
}

function listen() {
  const wanted = new URLSearchParams(location.search);
  const query = new URLSearchParams({ after: list.dataset.after ?? "0" });
  for (const name of ["search", "line", "kind"]) {
    const value = wanted.get(name);
    if (value) query.set(name, value);
  }
  const source = new EventSource(`/live/events?${query}`);
  source.addEventListener("open", () => tell("on"));
  source.addEventListener("error", () => tell("off"));
  source.addEventListener("receipt", (event) => put(JSON.parse(event.data)));
  source.addEventListener("gone", (event) => rowOf(JSON.parse(event.data).id)?.remove());
  source.addEventListener("burst", () => { burst.hidden = false; });
}

/** @param {1 | -1} step */
function move(step) {
  const rows = [...list.querySelectorAll(".card")];
  const at = rows.findIndex((row) => row.classList.contains("chosen"));
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
  if (!next) return;
  rows[at]?.classList.remove("chosen");
  next.classList.add("chosen");
  /** @type {HTMLElement} */ (next.querySelector(".open")).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.matches("input, select, textarea")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "j" || event.key === "k") {
    move(event.key === "j" ? 1 : -1);
  }
});

list.addEventListener("focusin", (event) => {
  list.querySelector(".chosen")?.classList.remove("chosen");
  /** @type {HTMLElement} */ (event.target).closest(".card")?.classList.add("chosen");
});

if (list.dataset.live === "yes") listen();
