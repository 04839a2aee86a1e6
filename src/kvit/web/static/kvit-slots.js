// @ts-check
/**
 * The minimal template without a server. The server filled and pressed it beforehand, once for every pattern of fields that
 * are there, and left slots where the values stand; here a slot is padded and encoded, and nothing is interpreted.
 * docs/protocols/client.md describes the pack, tests/template/slot_twin.py is this file in Python.
 */

/** @typedef {{ field: string, kind: string, prefix?: string, suffix?: string, decimals?: number, texts?: string[] }} Value */
/** @typedef {{ cells: number, align: string, pad: boolean, letters: string, parts: (string | Value)[] }} Slot */
/** @typedef {{ fields: string[], cases: ({ wraps: boolean, pieces: (string | Slot)[] } | null)[] }} SlotLine */
/** @typedef {{ repeat: string, lines: SlotLine[] }} SlotGroup */
/** @typedef {{ currency: string, group: string, point: string, timeZone: string, letters: Record<string, [string, string][]>, groups: SlotGroup[], end: string, hash: string, version: number }} SlotPack */

/**
 * Fills a pack of `KvitClient.offline` with the data of a sale: the printer's bytes. A text too long for its line is broken
 * at its blanks or cut; a sum is never cut: RangeError.
 * @param {SlotPack} pack @param {Record<string, any>} data @returns {Uint8Array}
 */
export function fillSlots(pack, data) {
  if (data.currency && data.currency !== pack.currency) throw new RangeError(`currency ${data.currency}, not ${pack.currency}`);
  /** @type {number[]} */
  const out = [];
  const tables = Object.fromEntries(Object.entries(pack.letters).map(([name, rows]) => [name, tableOf(rows)]));
  for (const group of pack.groups) {
    for (const scope of group.repeat ? (data[group.repeat] ?? []) : [data]) {
      for (const line of group.lines) putLine(pack, tables, line, scope, out);
    }
  }
  out.push(...fromHex(pack.end));
  return Uint8Array.from(out);
}

/** @param {SlotPack} pack @param {Record<string, Map<string, number[]>>} tables @param {SlotLine} line @param {any} scope @param {number[]} out */
function putLine(pack, tables, line, scope, out) {
  const present = line.fields.map((field) => valueOf(scope, field));
  const found = line.cases[present.reduce((mask, value, at) => (value ? mask + 2 ** at : mask), 0)];
  if (!found) return;
  /** @type {(string[] | null)[]} */
  const texts = found.pieces.map((piece) => (typeof piece === "string" ? null : rowsOf(pack, piece, scope, found.wraps)));
  const rows = Math.max(1, ...texts.map((each) => each?.length ?? 0));
  for (let row = 0; row < rows; row += 1) {
    found.pieces.forEach((piece, at) => {
      if (typeof piece === "string") return void out.push(...fromHex(piece));
      const text = texts[at]?.[row] ?? "";
      const blank = piece.pad ? " ".repeat(piece.cells - cellsOf(text)) : "";
      const half = blank.slice(0, Math.floor(blank.length / 2));
      const placed = { right: blank + text, left: text + blank, centre: half + text + blank.slice(half.length) };
      out.push(...encode(placed[/** @type {"left"} */ (piece.align)], piece.letters, tables));
    });
  }
}

/** @param {any} scope @param {string} field @returns {any} */
function valueOf(scope, field) {
  return field.split(".").reduce((value, step) => (value && Object.hasOwn(value, step) ? value[step] : undefined), scope);
}

/** @param {SlotPack} pack @param {Slot} slot @param {any} scope @param {boolean} wraps @returns {string[]} */
function rowsOf(pack, slot, scope, wraps) {
  const parts = slot.parts.map((part) => (typeof part === "string" ? part : written(pack, part, valueOf(scope, part.field))));
  const text = parts.join("").normalize("NFC").replace(STRIPPED, "").replaceAll("\xa0", " ");
  const rows = broken(text, slot.cells);
  if (wraps || rows.length < 2) return rows;
  if (slot.parts.some((part) => typeof part !== "string" && part.kind !== "text")) throw new RangeError(`no room for ${text}`);
  return [cut(text, slot.cells)];
}

/** Breaks at blanks; a word longer than the line is cut. @param {string} text @param {number} cells */
function broken(text, cells) {
  const rows = [];
  while (cellsOf(text) > cells) {
    const head = cut(text, cells);
    const at = text[head.length] === " " ? head.length : head.lastIndexOf(" ");
    const end = at > 0 && head.slice(0, at).trim() ? at : head.length;
    rows.push(text.slice(0, end).trimEnd());
    text = text.slice(end).trimStart();
  }
  return text ? [...rows, text] : rows;
}

/** @param {string} text @param {number} cells */
function cut(text, cells) {
  let kept = "";
  for (const letter of text) {
    if (cellsOf(kept + letter) > cells) break;
    kept += letter;
  }
  return kept;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u3247\u3250-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Control letters, orders of direction, letters without width: nothing that prints. */
const STRIPPED = /[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const MARK = /[\p{Mn}\p{Me}]/u;

/** Cells a printer's letters take: two a wide one, none a mark. @param {string} text */
function cellsOf(text) {
  let cells = 0;
  for (const letter of text) cells += WIDE.test(letter) ? 2 : MARK.test(letter) ? 0 : 1;
  return cells;
}

/** A value as the shop writes it. @param {SlotPack} pack @param {Value} part @param {any} value @returns {string} */
function written(pack, part, value) {
  if (part.kind === "text") return String(value ?? "");
  if (part.kind === "moment") return moment(pack, part, String(value));
  if (!Number.isSafeInteger(value)) throw new RangeError(`${part.field}: a whole number is wanted`);
  const digits = String(Math.abs(value)).padStart((part.decimals ?? 0) + 1, "0");
  const at = digits.length - (part.decimals ?? 0);
  let behind = digits.slice(at);
  if (part.kind === "quantity") behind = behind.replace(/0+$/, "");
  const whole = digits.slice(0, at).replace(/\B(?=(\d{3})+$)/g, pack.group);
  return (value < 0 ? "-" : "") + (part.prefix ?? "") + whole + (behind && pack.point + behind) + (part.suffix ?? "");
}

/** @param {SlotPack} pack @param {Value} part @param {string} text an ISO 8601 moment */
function moment(pack, part, text) {
  let found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text)?.slice(1).map(Number);
  if (found && pack.timeZone && /(Z|[+-]\d\d:?\d\d)$/.test(text)) {
    const style = /** @type {const} */ ({ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" });
    const parts = new Intl.DateTimeFormat("en-US", { ...style, hourCycle: "h23", timeZone: pack.timeZone }).formatToParts(new Date(text));
    found = Object.keys(style).map((name) => Number(parts.find((each) => each.type === name)?.value));
  }
  if (!found) throw new RangeError(`${part.field}: a moment is wanted`);
  const [year, month, day, hour, minute] = /** @type {[number, number, number, number, number]} */ (found);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const tokens = { y: String(year), d: String(day), D: two(day), H: two(hour), h: String(hour % 12 || 12), m: two(minute) };
  const pattern = part.texts?.[month - 1 + (hour >= 12 ? 12 : 0)] ?? "";
  return pattern.replace(/\{([ydDHhm])\}/g, (_, name) => tokens[/** @type {"y"} */ (name)]);
}

/** @param {[string, string][]} rows first code in hexadecimal, the letters from there on @returns {Map<string, number[]>} */
function tableOf(rows) {
  const table = new Map();
  for (const [first, letters] of rows) {
    let code = Number.parseInt(first, 16);
    for (const letter of letters) {
      table.set(letter, first.length > 2 ? [code >> 8, code & 255] : [code]);
      code += 1;
    }
  }
  return table;
}

/** A letter the printer has not is a question mark, as wide as the letter. @param {string} text @param {string} name @param {Record<string, Map<string, number[]>>} tables */
function encode(text, name, tables) {
  if (name === "utf-8") return [...new TextEncoder().encode(text)];
  const bytes = [];
  for (const letter of text) {
    if (letter >= " " && letter <= "~") bytes.push(letter.charCodeAt(0));
    else bytes.push(...(tables[name]?.get(letter) ?? Array(cellsOf(letter)).fill(0x3f)));
  }
  return bytes;
}

/** @param {string} text */
export function fromHex(text) {
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
}
