// @ts-check
/** The past of what is edited: undo and redo over whole values. What is typed into one field within a moment is one step. */

const STEPS_MAX = 200;
const MOMENT_MS = 1200;

/** @template T */
export class Past {
  /** @param {T} now */
  constructor(now) {
    /** @type {T[]} */ this.behind = [];
    /** @type {T[]} */ this.ahead = [];
    this.now = now;
    this.place = "";
    this.at = 0;
  }

  /** @param {T} next @param {string} [place] the field it was typed into @param {number} [at] */
  take(next, place = "", at = Date.now()) {
    const same = place !== "" && place === this.place && at - this.at < MOMENT_MS && this.behind.length > 0;
    if (!same) this.behind.push(this.now);
    if (this.behind.length > STEPS_MAX) this.behind.shift();
    this.ahead = [];
    this.now = next;
    this.place = place;
    this.at = at;
  }

  /** @returns {boolean} whether there was anything */
  undo() { return this.step(this.behind, this.ahead); }

  /** @returns {boolean} */
  redo() { return this.step(this.ahead, this.behind); }

  /** @param {T[]} from @param {T[]} to */
  step(from, to) {
    if (!from.length) return false;
    to.push(this.now);
    this.now = /** @type {T} */ (from.pop());
    this.place = "";
    return true;
  }
}
