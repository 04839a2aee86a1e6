// @ts-check
/**
 * The template as text (docs/protocols/receipt-layouts.md, the text form), beside the blocks: the shop turns one into the
 * other (POST /api/v1/template-text). What can not be read is told with its line and column, and the blocks stay as they are.
 */

import { ask } from "./editor_ask.js";

/** @typedef {import("./editor_recipe.js").Layout} Layout */

const REST_MS = 250;

export class TextTab {
  /**
   * @param {{ field: HTMLTextAreaElement, fault: HTMLElement, csrf: string }} place
   * @param {() => { layouts: Layout[], requires: string[] }} now what the blocks are
   * @param {(recipe: { layouts: Layout[], requires: string[] }) => void} take what was typed, as layouts
   */
  constructor(place, now, take) {
    this.field = place.field;
    this.fault = place.fault;
    this.csrf = place.csrf;
    this.now = now;
    this.give = take;
    this.open = false;
    this.timer = 0;
    /** @type {AbortController | null} */ this.asking = null;
    this.field.addEventListener("input", () => this.typed());
  }

  /** Show what the blocks are. @returns {Promise<boolean>} whether a text can say it */
  async show() {
    clearTimeout(this.timer);
    const answer = await this.ask(this.now());
    if (!answer) return false;
    this.say(answer.told?.fault?.says ?? answer.says);
    if (!answer.told?.recipe) return false;
    this.field.value = answer.told.recipe.text;
    this.open = true;
    return true;
  }

  hide() {
    this.open = false;
    this.asking?.abort();
    clearTimeout(this.timer);
    this.say("");
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { void this.read(); }, REST_MS);
  }

  /** Read what stands there, and hand it on. @returns {Promise<boolean>} whether it could be read */
  async read() {
    clearTimeout(this.timer);
    const answer = await this.ask({ text: this.field.value });
    if (!answer) return false;
    const { recipe = null, fault = null } = answer.told ?? {};
    this.say(fault?.says ?? answer.says);
    this.field.setAttribute("aria-invalid", String(!recipe));
    if (recipe) this.give(recipe);
    return Boolean(recipe);
  }

  /** @param {unknown} body @returns {Promise<import("./editor_ask.js").Answer | null>} null: a newer question was asked */
  async ask(body) {
    this.asking?.abort();
    const mine = (this.asking = new AbortController());
    const answer = await ask("POST", "/api/v1/template-text", body, this.csrf, { signal: mine.signal });
    return answer.code === "abort" || mine !== this.asking ? null : answer;
  }

  /** @param {string} text */
  say(text) {
    this.fault.textContent = text;
    this.fault.hidden = !text;
  }
}
