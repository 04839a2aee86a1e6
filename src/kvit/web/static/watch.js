// @ts-check
/**
 * What changes by itself on staff's pages: the alarms of printers, and the parts of the page that is open.
 *
 * The server draws the parts, with the templates the page was made with; this module puts each where it belongs. A tab
 * nobody looks at lets go of its stream (browsers keep six connections to a site), except where the page says it is a
 * screen of its own (data-stay).
 */

/** @typedef {{ id: string, html: string, now_ms: number }} Part */

const banner = /** @type {HTMLElement} */ (document.getElementById("alarms"));
const [page, ...rest] = (banner.dataset.watch ?? "").split(":");
const query = new URLSearchParams({ page: page ?? "", of: rest.join(":") });

/** @type {Map<string, string>} */
const shown = new Map();
/** @type {EventSource | null} */
let source = null;

/**
 * Names what has the focus, so that it has it again when its part was drawn anew.
 * @param {Element | null} element @returns {string}
 */
function nameOf(element) {
  if (!element) return "";
  if (element.id) return `#${CSS.escape(element.id)}`;
  const form = element.closest("form")?.getAttribute("action");
  if (form) return `form[action="${CSS.escape(form)}"] :is(button, select, input):not([type=hidden])`;
  const href = element.getAttribute("href");
  return href ? `a[href="${CSS.escape(href)}"]` : "";
}

/** @param {Part} part */
function put(part) {
  const place = document.getElementById(part.id);
  if (!place || shown.get(part.id) === part.html) return;
  const focus = place.contains(document.activeElement) ? nameOf(document.activeElement) : "";
  const open = [...place.querySelectorAll("details[open][id]")].map((one) => one.id);
  place.innerHTML = part.html;
  shown.set(part.id, part.html);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focus) /** @type {HTMLElement | null} */ (place.querySelector(focus))?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("kvit:part", { detail: part }));
}

function listen() {
  source = new EventSource(`/events?${query}`);
  source.addEventListener("open", () => { document.documentElement.dataset.watching = "yes"; });
  source.addEventListener("error", () => { document.documentElement.dataset.watching = "no"; });
  source.addEventListener("part", (event) => put(JSON.parse(event.data)));
}

function letGo() {
  source?.close();
  source = null;
}

document.addEventListener("visibilitychange", () => {
  if (banner.dataset.stay !== undefined) return;
  if (document.visibilityState === "hidden") letGo();
  else if (!source) listen();
});
addEventListener("pagehide", letGo);
addEventListener("pageshow", (event) => { if (event.persisted && !source) listen(); });

listen();
