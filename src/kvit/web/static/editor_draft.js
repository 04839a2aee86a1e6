// @ts-check
/**
 * Keeping the draft: at once in this browser, a moment later in the shop. Another one's draft is never overwritten
 * unasked: the shop refuses (`template.changed`), and the page asks whose is to stay.
 */

import { ask } from "./editor_ask.js";

/** @typedef {import("./editor_recipe.js").Layout} Layout */
/** @typedef {"saved" | "saving" | "unsaved" | "away" | "conflict" | "refused"} State */
/** @typedef {{ layouts: Layout[], requires: string[], over: string }} Kept */

const REST_MS = 700;
const AGAIN_MS = 4000;

export class Draft {
  /**
   * @param {{ business: string, variant: string, shop: string, csrf: string, over: string }} start
   * @param {(state: State, says?: string) => void} tell
   */
  constructor(start, tell) {
    this.start = start;
    this.over = start.over;
    this.tell = tell;
    this.place = `kvit-editor:${start.shop}:${start.business}:${start.variant}`;
    this.query = start.variant ? `?variant=${encodeURIComponent(start.variant)}` : "";
    this.timer = 0;
    /** @type {Promise<boolean> | null} */ this.going = null;
    /** @type {{ layouts: Layout[], requires: string[] } | null} */ this.wanted = null;
  }

  /** What this browser still has and the shop does not. @returns {Kept | null} */
  unsaved() {
    try {
      const text = localStorage.getItem(this.place);
      return text ? JSON.parse(text) : null;
    } catch {
      return null;
    }
  }

  /** @param {{ layouts: Layout[], requires: string[] }} recipe */
  take(recipe) {
    this.wanted = recipe;
    try {
      localStorage.setItem(this.place, JSON.stringify({ ...recipe, over: this.over }));
    } catch { /* a full or closed store costs the copy, not the work */ }
    this.tell("unsaved");
    this.later(REST_MS);
  }

  /** @param {number} after_ms */
  later(after_ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { void this.save(); }, after_ms);
  }

  /** Keep what waits. @param {boolean} [anyway] over another's draft, too @returns {Promise<boolean>} whether all is kept */
  async save(anyway = false) {
    clearTimeout(this.timer);
    if (this.going) await this.going;
    if (!this.wanted) return true;
    this.going = this.put(this.wanted, anyway);
    const done = await this.going;
    this.going = null;
    return done;
  }

  /** @param {{ layouts: Layout[], requires: string[] }} recipe @param {boolean} anyway */
  async put(recipe, anyway) {
    this.tell("saving");
    const body = { ...recipe, over: anyway ? "" : this.over };
    const answer = await ask("PUT", `/api/v1/templates/${this.start.business}/draft${this.query}`, body, this.start.csrf);
    if (!answer.told) {
      this.tell(answer.code === "template.changed" ? "conflict" : answer.status ? "refused" : "away", answer.says);
      if (!answer.status) this.later(AGAIN_MS);
      return false;
    }
    this.over = answer.told.hash;
    if (this.wanted === recipe) {
      this.wanted = null;
      this.forget();
      this.tell("saved");
    } else {
      this.later(REST_MS);
    }
    return true;
  }

  forget() {
    try { localStorage.removeItem(this.place); } catch { /* as above */ }
  }

  /** Take what the shop has now. @returns {Promise<Kept | null>} */
  async theirs() {
    const answer = await ask("GET", `/api/v1/templates/${this.start.business}/recipe?version=0${this.query.replace("?", "&")}`, null, this.start.csrf);
    if (!answer.told) return null;
    this.wanted = null;
    this.over = answer.told.hash;
    this.forget();
    this.tell("saved");
    return { ...answer.told, over: answer.told.hash };
  }

  /** @param {string} note @returns {Promise<{ version: number } | string>} the version, or why not */
  async publish(note) {
    if (!(await this.save())) return "";
    const answer = await ask("POST", `/api/v1/templates/${this.start.business}/publish${this.query}`, { note, over: this.over }, this.start.csrf);
    return answer.told ?? answer.says;
  }
}
