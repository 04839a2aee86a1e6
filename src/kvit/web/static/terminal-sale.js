// @ts-check
/** A sale typed by hand: whole coins and whole thousandths, nothing in floating point; what it says is SaleData of docs/howto/templates.md. */

/** @typedef {{ name: string, quantity: number, price: number, total: number }} Item */
/** @typedef {{ currency: string, decimals: number, shop: string }} Home */

const PRICE_MAX = 1e9;
const QUANTITY_MAX = 1e6;

/**
 * Reads a decimal as a whole number of its smallest part; a comma is a point. Null for what is none, or is too large.
 * @param {string} text @param {number} digits @param {number} most @returns {number | null}
 */
export function whole(text, digits, most) {
  const found = /^(\d{1,12})(?:[.,](\d*))?$/.exec(text.replace(/[\s\u00a0]/g, ""));
  if (!found || (found[2] ?? "").length > digits) return null;
  const value = Number(found[1] + (found[2] ?? "").padEnd(digits, "0"));
  return value <= most ? value : null;
}

/** @param {string} text @param {Home} home */
export const amountOf = (text, home) => whole(text, home.decimals, PRICE_MAX);
/** @param {string} text */
export const quantityOf = (text) => whole(text, 3, QUANTITY_MAX);

/** Half a coin goes up, as Kvit rounds. @param {number} price @param {number} quantity */
export function totalOf(price, quantity) {
  return Math.floor((price * quantity + 500) / 1000);
}

/** @param {Item[]} items */
export const sumOf = (items) => items.reduce((sum, item) => sum + item.total, 0);

/** The moment now with the device's own offset, as ISO 8601. @param {Date} [now] */
export function momentOf(now = new Date()) {
  const ahead = -now.getTimezoneOffset();
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const local = new Date(now.getTime() + ahead * 60_000).toISOString().slice(0, 19);
  return `${local}${ahead < 0 ? "-" : "+"}${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`;
}

/**
 * The data a template takes.
 * @param {Home} home @param {Item[]} items @param {{ number: string, payment: string, given: number | null }} how
 */
export function saleOf(home, items, { number, payment, given }) {
  const total = sumOf(items);
  const change = payment === "cash" && given !== null && given > total ? given - total : 0;
  return {
    currency: home.currency,
    ...(number && { number }),
    time: momentOf(),
    ...(home.shop && { shop: { name: home.shop } }),
    items,
    total,
    payments: [{ kind: payment, amount: total + change }],
    ...(change && { change }),
  };
}
