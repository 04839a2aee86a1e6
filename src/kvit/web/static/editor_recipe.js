// @ts-check
/**
 * A template as the editor works on it: blocks in order, each a layout of the library (docs/protocols/receipt-layouts.md).
 * Pure: every change gives a new list, so that the past can be kept (editor_past.js).
 */

/**
 * @typedef {{ content?: string, contentType?: string, textAlign?: string, fontSize?: string, pagerWeight?: number,
 *   width?: number, condition?: string, repeat?: string, bold?: boolean, underline?: boolean, invert?: boolean,
 *   wrap?: string, symbology?: string, size?: number, height?: number }} Cell
 * @typedef {{ id: string, type: string, name: string, lines: Cell[][] | null, raw: string }} Block
 *   `lines` is null where the content is not to be edited here: `raw` holds it as it is.
 * @typedef {{ type: string, name: string, content: string, sort_weight: number }} Layout
 */

export const SHARED = "@shared";
export const NONE = "[]";
const STEP = 10;
/** What a cell has when nothing is said: not written down. @type {Record<string, unknown>} */
const USUAL = {
  content: "", contentType: "text", textAlign: "left", fontSize: "default", pagerWeight: 1, condition: "", repeat: "",
  bold: false, underline: false, invert: false, wrap: "word", symbology: "code128", height: 80,
};

let counted = 0;
const freshId = () => `b${(counted += 1)}`;

/** @param {string} content @returns {Cell[][] | null} */
function linesOf(content) {
  try {
    const found = JSON.parse(content);
    if (!Array.isArray(found) || !found.length) return null;
    const lines = found.every(Array.isArray) ? found : [found];
    const good = lines.every((line) => line.length && line.every((/** @type {any} */ one) => one && typeof one === "object" && !Array.isArray(one)));
    return good ? lines : null;
  } catch {
    return null;
  }
}

/** @param {Layout[]} layouts @returns {Block[]} */
export function blocksOf(layouts) {
  return layouts
    .filter((each) => each.content !== NONE)
    .map((each) => ({ id: freshId(), type: each.type, name: each.name, lines: linesOf(each.content), raw: each.content }));
}

/** @param {Cell} cell @returns {Cell} */
function plain(cell) {
  const kept = Object.entries(cell).filter(([key, value]) => value !== undefined && value !== null && value !== USUAL[key]);
  return /** @type {Cell} */ (Object.fromEntries(kept));
}

/** @param {Block} block */
function contentOf(block) {
  if (!block.lines) return block.raw;
  const lines = block.lines.map((line) => line.map(plain));
  return JSON.stringify(lines.length === 1 ? lines[0] : lines);
}

/**
 * Blocks as layouts. A type the base has and nothing here has any more is said to be none, or the base's would come back.
 * @param {Block[]} blocks @param {string[]} baseTypes @returns {Layout[]}
 */
export function layoutsOf(blocks, baseTypes) {
  const own = blocks.map((each, at) => ({ type: each.type, name: each.name, content: contentOf(each), sort_weight: at * STEP }));
  const types = new Set(blocks.map((each) => each.type));
  const gone = baseTypes.filter((type) => !types.has(type));
  return [...own, ...gone.map((type) => ({ type, name: "", content: NONE, sort_weight: 0 }))];
}

/** New blocks, by what the menu calls them. @type {Record<string, (name: string) => Omit<Block, "id">>} */
const FRESH = {
  text: (name) => made(name, [[{ content: name }]]),
  columns: (name) => made(name, [[{ content: name, pagerWeight: 3 }, { content: "{{money total currency=@root.currency}}", textAlign: "right", pagerWeight: 2 }]]),
  image: (name) => made(name, [[{ content: "", contentType: "image", textAlign: "center", width: 45 }]], "logo"),
  qrcode: (name) => made(name, [[{ content: '{{default link ""}}', contentType: "qrcode", textAlign: "center", condition: "link", size: 4 }]]),
  barcode: (name) => made(name, [[{ content: '{{default number ""}}', contentType: "barcode", textAlign: "center", condition: "number" }]]),
  line: (name) => made(name, [[{ content: "dashed", contentType: "line" }]]),
  feed: (name) => made(name, [[{ content: "1", contentType: "feed" }]]),
  repeat: (name) => made(name, [[{ content: "{{name}}", repeat: "items", pagerWeight: 3 }, { content: "{{#if total}}{{money total currency=@root.currency sign=false}}{{/if}}", textAlign: "right", pagerWeight: 2 }]], "items"),
  marketing: (name) => made(name, [[{ content: "{{$offer}}", textAlign: "center", fontSize: "tall", bold: true, invert: true }]], "marketing"),
};

/** @param {string} name @param {Cell[][]} lines @param {string} [type] @returns {Omit<Block, "id">} */
function made(name, lines, type = "") {
  return { type, name, lines, raw: "" };
}

/**
 * Add a block behind another one; it is of that one's type unless its kind has its own.
 * @param {Block[]} blocks @param {string} kind @param {string} name @param {string} behind @returns {[Block[], string]}
 */
export function added(blocks, kind, name, behind) {
  const at = blocks.findIndex((each) => each.id === behind);
  const place = at < 0 ? blocks.length : at + 1;
  const fresh = { id: freshId(), ...FRESH[kind](name) };
  fresh.type ||= blocks[place - 1]?.type ?? "footer";
  return [blocks.toSpliced(place, 0, fresh), fresh.id];
}

/** @param {Block[]} blocks @param {string} id @returns {[Block[], string]} */
export function doubled(blocks, id) {
  const at = blocks.findIndex((each) => each.id === id);
  const fresh = { ...structuredClone(blocks[at]), id: freshId() };
  return [blocks.toSpliced(at + 1, 0, fresh), fresh.id];
}

/** @param {Block[]} blocks @param {string} id @returns {Block[]} */
export const without = (blocks, id) => blocks.filter((each) => each.id !== id);

/** @param {Block[]} blocks @param {string} id @param {number} to @returns {Block[]} */
export function moved(blocks, id, to) {
  const at = blocks.findIndex((each) => each.id === id);
  const place = Math.max(0, Math.min(blocks.length - 1, to));
  return at < 0 || at === place ? blocks : blocks.toSpliced(at, 1).toSpliced(place, 0, blocks[at]);
}

/**
 * Change one block.
 * @param {Block[]} blocks @param {string} id @param {(block: Block) => void} change  given a copy @returns {Block[]}
 */
export function changed(blocks, id, change) {
  return blocks.map((each) => {
    if (each.id !== id) return each;
    const copy = structuredClone(each);
    change(copy);
    return copy;
  });
}

/**
 * Put the shared blocks themselves in the place of the one that stands for them.
 * @param {Block[]} blocks @param {string} id @param {Layout[]} shared @returns {Block[]}
 */
export function unshared(blocks, id, shared) {
  const at = blocks.findIndex((each) => each.id === id);
  const own = blocksOf(shared.filter((each) => each.type === blocks[at].type).toSorted((one, other) => one.sort_weight - other.sort_weight));
  return blocks.toSpliced(at, 1, ...own);
}

/** What kind a block is, for its sign. @param {Block} block */
export function kindOf(block) {
  if (block.raw === SHARED && !block.lines) return "shared";
  if (!block.lines) return "raw";
  const [first] = block.lines;
  if (first[0].repeat) return "repeat";
  if (first.length > 1 || block.lines.length > 1) return "columns";
  return first[0].contentType ?? "text";
}

/** Conditions and loops, which print nothing themselves. */
const BLOCKS = /\{\{(?:[#/!^]|else\b).*?\}\}/gs;
/** A placeholder: what it names stands first, or behind its helper. */
const NAMED = /\{\{\s*(?:\w+\s+)?"?(?:form\.)?([\w.$@/-]+)[^}]*\}\}/g;

/** The beginning of what it prints, to know it by. @param {Block} block */
export function gistOf(block) {
  const texts = (block.lines ?? []).flat().map((cell) => cell.content ?? "").filter(Boolean);
  return texts.join("  ").replaceAll(BLOCKS, "").replaceAll(NAMED, "[$1]").replaceAll(/\s+/g, " ").slice(0, 80);
}
