// @ts-check
/**
 * The template editor: puts its parts together. The blocks' list and the past are in memory, the draft in this browser and
 * in the shop (editor_draft.js), the pictures from the printer's own bytes (editor_preview.js).
 */

import { ask } from "./editor_ask.js";
import { draw, fault, head, insert, remark, valueOf } from "./editor_blocks.js";
import { draggable } from "./editor_drag.js";
import { Draft } from "./editor_draft.js";
import { Past } from "./editor_past.js";
import { Preview } from "./editor_preview.js";
import { TextTab } from "./editor_text.js";
import { NONE, added, blocksOf, changed, doubled, layoutsOf, moved, unshared, without } from "./editor_recipe.js";

/** @typedef {import("./editor_recipe.js").Block} Block */
/** @typedef {import("./editor_blocks.js").Control} Control */

/** @param {string} id @returns {any} */
const at = (id) => document.getElementById(id);
const root = /** @type {HTMLElement} */ (at("editor"));
const start = JSON.parse(root.dataset.start ?? "{}");
const list = /** @type {HTMLElement} */ (at("blocks"));
const heard = /** @type {HTMLElement} */ (at("heard"));
/** @type {Past<Block[]>} */
let past = new Past(blocksOf(start.recipe.layouts));
let requires = /** @type {string[]} */ (start.recipe.requires);
let open = "";
/** @type {Control | null} */
let cursor = null;
let numbered = /** @type {string[]} */ ([]);

const draft = new Draft(start, (state, says) => {
  at("state").dataset.now = state;
  at("state").textContent = at("state").dataset[state] ?? "";
  at("conflict").hidden = state !== "conflict";
  at("refused").hidden = state !== "refused";
  if (state === "refused") at("refused").textContent = says || "";
});
const preview = new Preview(at("sheets"), start, (told) => {
  const of = told.fault ? list.children.length && numbered.length ? told.fault.layout : -1 : -1;
  fault(list, told.fault ? of : -1, told.fault?.says ?? "");
  if (told.sheets.length) remark(list, told.sheets);
  const loose = told.fault && (of < 0 || of >= list.children.length) ? told.fault.says : "";
  at("fault").textContent = loose;
  at("fault").hidden = !loose;
  at("missing").hidden = !told.missing.length;
  at("missing-names").textContent = told.missing.map((name) => `$${name}`).join(", ");
  at("warnings").replaceChildren(...told.warnings.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
});

const layouts = () => layoutsOf(past.now, start.baseTypes);

const written = new TextTab(
  { field: at("text"), fault: at("text-fault"), csrf: start.csrf },
  () => ({ layouts: layouts().filter((each) => each.content !== NONE), requires }),
  (recipe) => {
    requires = recipe.requires;
    showNeeds();
    take(blocksOf(recipe.layouts), "text", false);
  },
);

/** @param {boolean} [whole] the list is drawn anew */
function shown(whole = true) {
  if (whole) {
    const focus = focusOf();
    draw(list, past.now, open, start);
    focus?.();
  }
  at("undo").disabled = !past.behind.length;
  at("redo").disabled = !past.ahead.length;
  at("nothing").hidden = past.now.length > 0;
  numbered = past.now.map((each) => each.id);
  preview.take(layouts());
}

/** What gives the focus back to where it was. */
function focusOf() {
  const now = /** @type {HTMLElement | null} */ (document.activeElement);
  const row = /** @type {HTMLElement | null} */ (now?.closest(".block") ?? null);
  if (!now || !row) return null;
  const id = row.dataset.id ?? "";
  const place = [...row.querySelectorAll("button, input, select, textarea")].indexOf(now);
  return () => {
    const again = rowOf(id);
    const same = /** @type {HTMLElement | undefined} */ (again?.querySelectorAll("button, input, select, textarea")[place]);
    (same && !(/** @type {HTMLButtonElement} */ (same).disabled) ? same : /** @type {HTMLElement | null} */ (again?.querySelector(".open")))?.focus({ preventScroll: true });
  };
}

/** @param {string} id @returns {HTMLElement | null} */
const rowOf = (id) => list.querySelector(`[data-id="${CSS.escape(id)}"]`);

/**
 * @param {Block[]} next @param {string} [place] the field typed into: one step
 * @param {boolean} [same] whether the list stays as it is
 */
function take(next, place = "", same = Boolean(place)) {
  if (next === past.now) return;
  past.take(next, place);
  draft.take({ layouts: layouts(), requires });
  shown(!same);
}

/** @param {"undo" | "redo"} way */
function go(way) {
  if (!past[way]()) return;
  draft.take({ layouts: layouts(), requires });
  shown();
  if (written.open) void written.show();
  say(at(way).dataset.done);
}

/** @param {string | undefined} text */
function say(text) {
  heard.textContent = "";
  heard.textContent = text ?? "";
}

/** @param {string} id @param {number} to */
function move(id, to) {
  take(moved(past.now, id, to));
  const place = past.now.findIndex((each) => each.id === id);
  say((list.dataset.moved ?? "").replace("%", `${place + 1} / ${past.now.length}`));
  rowOf(id)?.scrollIntoView({ block: "nearest" });
}

/** @type {Record<string, (id: string, place: number, button: HTMLElement) => void>} */
const ACTS = {
  open: (id) => { open = open === id ? "" : id; shown(); rowOf(id)?.scrollIntoView({ block: "nearest" }); },
  up: (id, place) => move(id, place - 1),
  down: (id, place) => move(id, place + 1),
  double: (id) => { const [next, fresh] = doubled(past.now, id); open = fresh; take(next); focus(fresh); },
  remove: (id, place) => {
    take(without(past.now, id));
    say(list.dataset.removed);
    focus(past.now[Math.min(place, past.now.length - 1)]?.id ?? "");
  },
  unshare: (id) => take(unshared(past.now, id, start.shared)),
  "more-line": (id) => take(changed(past.now, id, (block) => { block.lines?.push([{ content: "" }]); })),
  "no-line": (id, _, button) => take(changed(past.now, id, (block) => {
    const gone = block.lines?.splice(lineOf(button), 1)[0];
    if (block.lines && gone?.[0].repeat) block.lines[0][0].repeat = gone[0].repeat;
  })),
  "more-column": (id, _, button) => take(changed(past.now, id, (block) => {
    block.lines?.[lineOf(button)].push({ content: "", textAlign: "right" });
  })),
  "no-column": (id, _, button) => take(changed(past.now, id, (block) => {
    const line = block.lines?.[lineOf(button)] ?? [];
    const gone = line.splice(columnOf(button), 1)[0];
    if (gone.repeat) line[0].repeat = gone.repeat;
  })),
};

/** @param {HTMLElement} of */
const lineOf = (of) => Number(/** @type {HTMLElement} */ (of.closest("[data-line]")).dataset.line);
/** @param {HTMLElement} of */
const columnOf = (of) => Number(/** @type {HTMLElement} */ (of.closest("[data-column]")).dataset.column);

/** @param {string} id */
function focus(id) {
  const row = rowOf(id);
  /** @type {HTMLElement | null} */ (row?.querySelector(".body textarea") ?? row?.querySelector(".open") ?? null)?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

list.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("button[data-act]"));
  const row = /** @type {HTMLElement | null} */ (button?.closest(".block") ?? null);
  if (!button || !row) return;
  const id = row.dataset.id ?? "";
  ACTS[button.dataset.act ?? ""]?.(id, past.now.findIndex((each) => each.id === id), button);
});

list.addEventListener("focusin", (event) => {
  const field = /** @type {Control} */ (event.target);
  if (field.dataset.field === "content") cursor = field;
});

list.addEventListener("input", (event) => {
  const field = /** @type {Control} */ (event.target);
  const row = /** @type {HTMLElement | null} */ (field.closest(".block"));
  const id = row?.dataset.id ?? "";
  if (!row) return;
  if (field.matches("select.insert")) return inserted(/** @type {HTMLSelectElement} */ (field));
  if (field.matches("input[type=file]")) return void upload(id, /** @type {HTMLInputElement} */ (field));
  const what = field.dataset.field ?? field.dataset.block;
  if (!what || !field.checkValidity()) return;
  const whole = what === "contentType" || what === "repeat" || field.matches("select.picture");
  take(changed(past.now, id, (block) => write(block, field, what)), whole ? "" : `${id} ${what} ${field.closest("[data-line]") ? `${lineOf(field)} ${columnOf(field)}` : ""}`);
  const block = past.now.find((each) => each.id === id);
  if (block && !whole) head(row, block);
});

/** @param {Block} block @param {Control} field @param {string} what */
function write(block, field, what) {
  if (field.dataset.block === "repeat") {
    if (block.lines) block.lines[0][0].repeat = field.value || undefined;
  } else if (field.dataset.block) {
    Object.assign(block, { [what]: field.value });
  } else {
    const cell = block.lines?.[lineOf(field)][columnOf(field)];
    if (cell) Object.assign(cell, { [what]: valueOf(field) }, what === "contentType" ? { content: usual(field.value) } : {});
  }
}

/** What a cell of a kind begins with. @param {string} kind */
const usual = (kind) => ({ line: "dashed", feed: "1", qrcode: '{{default link ""}}', barcode: '{{default number ""}}' })[kind] ?? "";

/** @param {HTMLSelectElement} select */
function inserted(select) {
  const own = /** @type {HTMLTextAreaElement} */ (select.closest("[data-column]")?.querySelector("[data-field=content]"));
  const field = cursor && select.closest("[data-column]")?.contains(cursor) ? /** @type {HTMLTextAreaElement} */ (cursor) : own;
  insert(field, select.value);
  select.value = "";
  field.focus();
}

/** @param {string} id @param {HTMLInputElement} field */
async function upload(id, field) {
  const file = field.files?.[0];
  if (!file) return;
  const [line, column] = [lineOf(field), columnOf(field)];
  const answer = await ask("POST", `/api/v1/pictures?name=${encodeURIComponent(file.name.slice(0, 80))}`, file.slice(0), start.csrf);
  at("refused").hidden = Boolean(answer.told);
  if (!answer.told) {
    at("refused").textContent = answer.says;
    return;
  }
  start.pictures = [answer.told, ...start.pictures.filter((/** @type {any} */ each) => each.address !== answer.told.address)];
  take(changed(past.now, id, (block) => { if (block.lines) block.lines[line][column].content = answer.told.address; }));
}

document.addEventListener("keydown", (event) => {
  const row = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest?.(".block"));
  if (event.altKey && row && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    const id = row.dataset.id ?? "";
    move(id, past.now.findIndex((each) => each.id === id) + (event.key === "ArrowUp" ? -1 : 1));
  } else if ((event.ctrlKey || event.metaKey) && !event.altKey && /^[zy]$/i.test(event.key) && !at("publishing").open && !at("data").contains(event.target) && !at("text").contains(event.target)) {
    event.preventDefault();
    go(event.key.toLowerCase() === "y" || event.shiftKey ? "redo" : "undo");
  }
});

draggable(list, move);
at("undo").addEventListener("click", () => go("undo"));
at("redo").addEventListener("click", () => go("redo"));
at("add").addEventListener("click", (/** @type {Event} */ event) => {
  const button = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-kind]"));
  if (!button) return;
  const [next, fresh] = added(past.now, button.dataset.kind ?? "text", button.dataset.fresh ?? "", open);
  open = fresh;
  at("add").open = false;
  take(next);
  focus(fresh);
});

for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-view-of]"))) {
  button.addEventListener("click", () => {
    root.dataset.view = button.dataset.viewOf ?? "edit";
    document.querySelectorAll("[data-view-of]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    scrollTo(0, 0);
  });
}

// Blocks or text
for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-form-of]"))) {
  button.addEventListener("click", async () => {
    const text = button.dataset.formOf === "text";
    if (text ? written.open || !(await written.show()) : written.open && at("text").value && !(await written.read())) return;
    if (!text) written.hide();
    root.dataset.form = text ? "text" : "blocks";
    document.querySelectorAll("[data-form-of]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    if (text) at("text").focus();
  });
}

// What the data must have for this template to be the one that prints
const needs = /** @type {HTMLInputElement} */ (at("needs"));
const showNeeds = () => { needs.value = requires.join(" "); };
needs.addEventListener("change", () => {
  if (!needs.reportValidity()) return;
  requires = needs.value.split(/\s+/).filter(Boolean);
  draft.take({ layouts: layouts(), requires });
});

// What the receipt is filled with
const samples = /** @type {HTMLSelectElement} */ (at("sample"));
const data = /** @type {HTMLTextAreaElement} */ (at("data"));
function filled() {
  try {
    preview.data = JSON.parse(data.value);
    data.setCustomValidity("");
  } catch (error) {
    data.setCustomValidity(String(error));
    data.reportValidity();
    return;
  }
  preview.take(layouts());
}
samples.addEventListener("change", async () => {
  const [, receipt] = samples.value.split("receipt:");
  const answer = receipt ? await ask("GET", `/api/v1/data/${start.business}/${receipt}`, null, start.csrf) : null;
  if (answer && !answer.told) {
    at("fault").hidden = false;
    at("fault").textContent = answer.says;
    return;
  }
  data.value = JSON.stringify(answer?.told ?? start.specimens[samples.value], null, 1);
  filled();
});
data.addEventListener("input", () => { samples.value = "own"; filled(); });

// Which printer, and printing
const printer = /** @type {HTMLSelectElement} */ (at("printer"));
for (const each of start.printers) printer.add(new Option(`${each.name} · ${each.paper} mm`, each.name));
printer.closest("label")?.toggleAttribute("hidden", !start.printers.length);
printer.value = start.printers[0]?.name ?? "";
printer.addEventListener("change", () => { preview.printer = printer.value; preview.take(layouts()); });
at("sheets").addEventListener("click", async (/** @type {Event} */ event) => {
  const button = /** @type {HTMLButtonElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("button.print"));
  if (!button) return;
  button.disabled = true;
  const job = await preview.print(button.dataset.hash ?? "", root.dataset.name ?? "");
  button.disabled = false;
  const note = at("printed");
  note.hidden = false;
  note.classList.toggle("bad", typeof job === "string");
  note.classList.toggle("good", typeof job !== "string");
  if (typeof job === "string") note.textContent = job;
  else note.replaceChildren(Object.assign(document.createElement("a"), { href: `/jobs/${job.id}`, textContent: note.dataset.done }));
});

// Publishing
const publishing = /** @type {HTMLDialogElement} */ (at("publishing"));
at("publish").addEventListener("click", () => { at("publish-no").hidden = true; publishing.showModal(); });
at("publish-cancel").addEventListener("click", () => publishing.close());
publishing.querySelector("form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const done = await draft.publish(at("note").value);
  at("publish-no").hidden = typeof done !== "string";
  if (typeof done === "string") {
    at("publish-no").textContent = done || at("state").textContent;
    return;
  }
  location.assign(`/templates/${start.business}?published=${done.version}${start.variant ? `&variant=${start.variant}` : ""}`);
});

// Somebody else's draft, and what only this browser had
at("mine").addEventListener("click", () => { void draft.save(true); });
at("theirs").addEventListener("click", async () => {
  const theirs = await draft.theirs();
  if (!theirs) return;
  past.take(blocksOf(theirs.layouts));
  requires = theirs.requires;
  showNeeds();
  shown();
  if (written.open) void written.show();
});
addEventListener("beforeunload", (event) => { if (draft.wanted) event.preventDefault(); });

const kept = draft.unsaved();
if (kept) {
  past.take(blocksOf(kept.layouts));
  requires = kept.requires;
  draft.over = kept.over;
  draft.wanted = { layouts: kept.layouts, requires: kept.requires };
  at("restored").hidden = false;
  draft.later(0);
}
showNeeds();
data.value = JSON.stringify(start.specimens.usual, null, 1);
preview.data = start.specimens.usual;
preview.printer = printer.value;
at("plain").hidden = true;
root.hidden = false;
at("state").textContent = at("state").dataset.saved ?? "";
shown();
