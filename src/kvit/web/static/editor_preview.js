// @ts-check
/**
 * The preview: the draft on paper, played back from the very bytes a printer would get, a moment after each change. The
 * last good picture stays while the draft has a fault. "Print this" prints the bytes whose hash is shown, or nothing.
 */

import { ask } from "./editor_ask.js";

/** @typedef {import("./editor_recipe.js").Layout} Layout */
/** @typedef {{ paper: number, printer: string, png: string, hash: string, warnings: string[], remarks: { layout: number, says: string }[] }} Sheet */
/** @typedef {{ sheets: Sheet[], warnings: string[], missing: string[], fault: { layout: number, says: string } | null }} Told */

const REST_MS = 120;
/** Dots of a head on a screen's pixel: 58 and 80 mm stand in their true proportion. */
const DOTS = 1.6;
const MARGIN = 24;

export class Preview {
  /**
   * @param {HTMLElement} place @param {{ business: string, variant: string, csrf: string }} start
   * @param {(told: Told) => void} tell
   */
  constructor(place, start, tell) {
    this.place = place;
    this.start = start;
    this.tell = tell;
    this.timer = 0;
    this.printer = "";
    /** @type {unknown} */ this.data = {};
    /** @type {Layout[]} */ this.layouts = [];
    /** @type {AbortController | null} */ this.asking = null;
    this.shape = /** @type {HTMLTemplateElement} */ (document.getElementById("t-sheet"));
  }

  /** @param {Layout[]} layouts */
  take(layouts) {
    this.layouts = layouts;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { void this.draw(); }, REST_MS);
  }

  async draw() {
    this.asking?.abort();
    const mine = (this.asking = new AbortController());
    const { business, variant, csrf } = this.start;
    const body = { business, variant, layouts: this.layouts, data: this.data, printer: this.printer };
    const answer = await ask("POST", "/api/v1/preview", body, csrf, { signal: mine.signal });
    if (answer.code === "abort" || mine !== this.asking) return;
    /** @type {Told} */
    const told = answer.told ?? { sheets: [], warnings: [], missing: [], fault: { layout: -1, says: answer.says || this.place.dataset.away || "" } };
    this.place.classList.toggle("stale", told.sheets.length === 0);
    if (told.sheets.length) this.show(told.sheets);
    this.tell(told);
  }

  /** @param {Sheet[]} sheets */
  show(sheets) {
    const old = [.../** @type {NodeListOf<HTMLElement>} */ (this.place.querySelectorAll(".sheet-of"))];
    sheets.forEach((sheet, at) => this.fill(old[at] ?? this.fresh(), sheet));
    for (const more of old.slice(sheets.length)) more.remove();
  }

  fresh() {
    const made = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (this.shape.content.cloneNode(true)).firstElementChild);
    this.place.append(made);
    return made;
  }

  /** @param {HTMLElement} place @param {Sheet} sheet */
  fill(place, sheet) {
    const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (place.querySelector(name));
    const picture = /** @type {HTMLImageElement} */ (find("img"));
    if (place.dataset.hash !== sheet.hash || place.dataset.paper !== String(sheet.paper)) {
      picture.src = `data:image/png;base64,${sheet.png}`;
      picture.onload = () => { place.style.width = `${picture.naturalWidth / DOTS + MARGIN}px`; };
    }
    place.dataset.hash = sheet.hash;
    place.dataset.paper = String(sheet.paper);
    find(".mm").textContent = `${sheet.paper} mm`;
    find(".on").textContent = sheet.printer;
    find(".hash").textContent = sheet.hash.slice(0, 12);
    find(".hash").title = sheet.hash;
    find(".print").hidden = !sheet.printer;
    find(".print").dataset.hash = sheet.hash;
    const said = find(".said");
    said.replaceChildren(...sheet.warnings.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    said.hidden = !sheet.warnings.length;
  }

  /**
   * Print what is shown.
   * @param {string} hash @param {string} title @returns {Promise<{ id: string } | string>} the job, or why not
   */
  async print(hash, title) {
    const { business, variant, csrf } = this.start;
    const body = { business, variant, draft: this.layouts, data: this.data, printer: this.printer, kind: "test", title, expect_hash: hash };
    const key = `editor ${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
    const answer = await ask("POST", "/api/v1/print", body, csrf, { headers: { "idempotency-key": key } });
    return answer.told ? answer.told.jobs[0] : answer.says;
  }
}
