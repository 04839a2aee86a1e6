// @ts-check
/**
 * The list of blocks on the page, and the fields of the one that is open. What it looks like is in the page's templates
 * (`t-block`, `t-line`, `t-cell`); a field says by `data-field` what of a cell it is, and by `data-for` for which kinds.
 */

import { SHARED, gistOf, kindOf } from "./editor_recipe.js";

/** @typedef {import("./editor_recipe.js").Block} Block */
/** @typedef {import("./editor_recipe.js").Cell} Cell */
/** @typedef {{ path: string, list: string, kind: string, insert: string, example: string }} Field */
/** @typedef {{ address: string, name: string }} Picture */
/** @typedef {{ palette: Field[], words: string[], pictures: Picture[] }} Offer */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

const NUMBERS = new Set(["pagerWeight", "width", "size", "height"]);

/** @param {string} id @returns {HTMLElement} */
function clone(id) {
  const shape = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (shape.content.cloneNode(true)).firstElementChild);
}

/** @param {HTMLElement} of @param {string} name @returns {any} */
const find = (of, name) => of.querySelector(name);

/** @param {HTMLElement} list @param {Block[]} blocks @param {string} open @param {Offer} offer */
export function draw(list, blocks, open, offer) {
  list.replaceChildren(...blocks.map((block, at) => row(block, at, blocks.length, block.id === open, offer)));
}

/** @param {Block} block @param {number} at @param {number} count @param {boolean} open @param {Offer} offer */
function row(block, at, count, open, offer) {
  const made = clone("t-block");
  made.dataset.id = block.id;
  find(made, ".open").setAttribute("aria-expanded", String(open));
  find(made, ".up").disabled = at === 0;
  find(made, ".down").disabled = at === count - 1;
  made.classList.toggle("opened", open);
  head(made, block);
  if (open) find(made, ".body").replaceChildren(...body(block, offer));
  else find(made, ".body").hidden = true;
  return made;
}

/** Say in a row what its block is. @param {HTMLElement} made @param {Block} block */
export function head(made, block) {
  const kind = kindOf(block);
  const word = find(made, ".signs").dataset;
  find(made, ".sign").textContent = word[kind] ?? kind;
  find(made, ".sign").dataset.kind = kind;
  find(made, ".name").textContent = block.name || (word[kind] ?? kind);
  find(made, ".gist").textContent = gistOf(block);
}

/** @param {Block} block @param {Offer} offer @returns {HTMLElement[]} */
function body(block, offer) {
  const about = clone("t-about");
  find(about, "[data-block=name]").value = block.name;
  find(about, "[data-block=type]").value = block.type;
  if (!block.lines) {
    const raw = clone(block.raw === SHARED ? "t-shared" : "t-raw");
    const text = find(raw, "textarea");
    if (text) text.value = block.raw;
    return [raw, about];
  }
  find(about, "[data-block=repeat]").value = block.lines[0][0].repeat ?? "";
  const symbols = block.lines.length === 1 && block.lines[0].length === 1;
  return [...block.lines.map((line, at) => lineOf(line, at, block, offer, symbols)), about];
}

/** @param {Cell[]} line @param {number} at @param {Block} block @param {Offer} offer @param {boolean} alone */
function lineOf(line, at, block, offer, alone) {
  const made = clone("t-line");
  made.dataset.line = String(at);
  find(made, ".cells").replaceChildren(...line.map((cell, column) => cellOf(cell, column, line.length, block, offer)));
  find(made, ".no-line").hidden = alone || (block.lines ?? []).length === 1;
  find(made, ".more-column").hidden = (line[0].contentType ?? "text") !== "text" || line.length >= 16;
  return made;
}

/** @param {Cell} cell @param {number} column @param {number} count @param {Block} block @param {Offer} offer */
function cellOf(cell, column, count, block, offer) {
  const made = clone("t-cell");
  made.dataset.column = String(column);
  const kind = cell.contentType ?? "text";
  find(made, ".no-column").hidden = count === 1;
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (made.querySelectorAll("[data-for]"))) {
    const kinds = (part.dataset.for ?? "").split(" ");
    part.hidden = !kinds.includes(kind) || (kinds.includes("columns") && count === 1);
    if (part.hidden) part.querySelectorAll("[data-field=content]").forEach((one) => one.removeAttribute("data-field"));
  }
  offerPictures(find(made, "select.picture"), cell, offer);
  for (const field of /** @type {NodeListOf<Control>} */ (made.querySelectorAll("[data-field]"))) show(field, cell);
  offerFields(find(made, "select.insert"), block.lines?.[0][0].repeat ?? "", offer);
  const shown = find(made, "img.chosen-picture");
  const address = cell.content ?? "";
  shown.hidden = !address.startsWith("picture:") || kind !== "image";
  if (!shown.hidden) shown.src = `/api/v1/pictures/${address.slice("picture:".length)}`;
  return made;
}

/** @param {Control} field @param {Cell} cell */
function show(field, cell) {
  const value = /** @type {Record<string, any>} */ (cell)[field.dataset.field ?? ""];
  if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = value === true;
  else if (value !== undefined) field.value = String(value);
  else if (field.dataset.usual !== undefined) field.value = field.dataset.usual;
}

/** What a field says now, as a cell holds it. @param {Control} field @returns {unknown} */
export function valueOf(field) {
  if (field instanceof HTMLInputElement && field.type === "checkbox") return field.checked;
  if (!NUMBERS.has(field.dataset.field ?? "")) return field.value;
  const number = Number(field.value);
  return field.value.trim() === "" || !Number.isFinite(number) ? undefined : number;
}

/** @param {HTMLSelectElement} select @param {Cell} cell @param {Offer} offer */
function offerPictures(select, cell, offer) {
  for (const each of offer.pictures) select.add(new Option(each.name || each.address.slice(8, 20), each.address));
  const own = cell.content ?? "";
  if (own && ![...select.options].some((one) => one.value === own)) select.add(new Option(own.slice(0, 60), own));
}

/** @param {HTMLSelectElement} select @param {string} repeat @param {Offer} offer */
function offerFields(select, repeat, offer) {
  const group = (/** @type {string} */ label, /** @type {Option[]} */ options) => {
    if (!options.length) return;
    const made = Object.assign(document.createElement("optgroup"), { label });
    made.append(.../** @type {any} */ (options));
    select.append(made);
  };
  const option = (/** @type {Field} */ each) => /** @type {any} */ (new Option(each.example ? `${each.path} · ${each.example}` : each.path, each.insert));
  const inside = offer.palette.filter((each) => each.list && each.list === repeat);
  group(`${repeat}`, inside.map(option));
  const of = select.dataset;
  group(of.shop ?? "", offer.palette.filter((each) => !each.list && each.path.startsWith("shop.")).map((each) => option(repeat ? { ...each, insert: each.insert.replaceAll(each.path, `@root.${each.path}`) } : each)));
  group(of.receipt ?? "", offer.palette.filter((each) => !each.list && !each.path.startsWith("shop.")).map((each) => option(repeat ? { ...each, insert: each.insert.replaceAll(` ${each.path}`, ` @root.${each.path}`).replace(`{{${each.path}}}`, `{{@root.${each.path}}}`) } : each)));
  group(of.words ?? "", offer.words.map((name) => /** @type {any} */ (new Option(`$${name}`, `{{$${name}}}`))));
}

/** Put a text where the cursor is. @param {HTMLTextAreaElement | HTMLInputElement} field @param {string} text */
export function insert(field, text) {
  field.setRangeText(text, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Show at their blocks what the papers lack.
 * @param {HTMLElement} list @param {{ paper: number, remarks: { layout: number, says: string }[] }[]} sheets
 */
export function remark(list, sheets) {
  [...list.children].forEach((each, place) => {
    const note = /** @type {HTMLElement} */ (each.querySelector(".remark"));
    /** @type {Map<string, number[]>} */
    const said = new Map();
    for (const sheet of sheets) {
      for (const one of sheet.remarks) if (one.layout === place) said.set(one.says, [...(said.get(one.says) ?? []), sheet.paper]);
    }
    note.hidden = !said.size;
    note.textContent = [...said].map(([says, papers]) => `${papers.length < sheets.length ? `${papers.join(", ")} mm: ` : ""}${says}`).join(" ");
  });
}

/** Show a fault at its block; none elsewhere. @param {HTMLElement} list @param {number} at from 0; -1: nowhere @param {string} says */
export function fault(list, at, says) {
  [...list.children].forEach((each, place) => {
    const note = /** @type {HTMLElement} */ (each.querySelector(".fault"));
    note.hidden = place !== at;
    note.textContent = place === at ? says : "";
  });
}
