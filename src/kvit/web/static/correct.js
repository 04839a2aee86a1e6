// @ts-check
/**
 * The correction screen: fields are filled from what was read, every key press weighs the equations anew (the same as
 * kvit.receipt.reading.equations), saving puts the data to the API.
 */

const form = /** @type {HTMLFormElement} */ (document.getElementById("form"));
const start = JSON.parse(form.dataset.start ?? "{}");
const data = start.checked.data;
const sureWords = (form.dataset.sureWords ?? "").split("|");
const names = Object.fromEntries(["line", "basket", "payment", "tax"].map((name, n) => [name, (form.dataset.equations ?? "").split("|")[n]]));
const [holdsWord, failsWord, provenWord, unprovenWord, badWord, notSaved] = (form.dataset.words ?? "").split("|");
const LISTS = { items: ["name", "quantity", "price", "total"], taxes: ["rate", "amount"], payments: ["kind", "amount"] };
const FIELDS = ["kind", "shop", "tax_id", "number", "time", "currency", "subtotal", "total", "change"];
const SUMS = new Set(["subtotal", "total", "change", "price", "amount"]);

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {string} name */
const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/** A number as people type it, in the form the API takes; null where it is empty, undefined where it is none. @param {string} text */
function decimal(text) {
  let plain = text.replace(/[\s\u00a0']/g, "").replace("−", "-");
  if (!plain) return null;
  if (/^-?\d{1,3}(,\d{3})+\.\d+$/.test(plain)) plain = plain.replaceAll(",", "");
  if (/^-?\d{1,3}(\.\d{3})+,\d+$/.test(plain)) plain = plain.replaceAll(".", "");
  plain = plain.replace(",", ".");
  return /^-?\d{1,12}(\.\d{1,3})?$/.test(plain) ? plain : undefined;
}

/** A decimal string as a whole number of so small parts. @param {string | null | undefined} text @param {number} digits */
function whole(text, digits) {
  if (text === null || text === undefined) return null;
  const [front, part = ""] = text.replace("-", "").split(".");
  const value = Number(front) * 10 ** digits + Number((part + "000").slice(0, digits) || "0");
  return text.startsWith("-") ? -value : value;
}

/** @param {number} value */
function shown(value) {
  const digits = data.decimals;
  const text = String(Math.abs(value)).padStart(digits + 1, "0");
  return (value < 0 ? "−" : "") + (digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text);
}

/** @param {keyof LISTS} list @param {Record<string, string | null>} values */
function add(list, values) {
  const made = /** @type {DocumentFragment} */ (/** @type {HTMLTemplateElement} */ (at(`row-${list}`)).content.cloneNode(true));
  const row = /** @type {HTMLElement} */ (made.firstElementChild);
  for (const part of LISTS[list]) {
    const input = /** @type {HTMLInputElement} */ (row.querySelector(`[data-part="${part}"]`));
    input.value = values[part] ?? (part === "kind" ? "cash" : "");
  }
  at(list).append(row);
  return row;
}

/** The rows of a list as the API takes them; what is no number is marked. @param {keyof LISTS} list */
function rows(list) {
  return [...at(list).children].map((row) => {
    /** @type {Record<string, string | null>} */
    const found = {};
    for (const part of LISTS[list]) {
      const input = /** @type {HTMLInputElement} */ (row.querySelector(`[data-part="${part}"]`));
      found[part] = part === "name" || part === "kind" ? input.value.trim() : number(input);
    }
    return found;
  });
}

/** @param {HTMLInputElement} input @returns {string | null} */
function number(input) {
  const value = decimal(input.value);
  const bad = value === undefined || (SUMS.has(input.name || (input.dataset.part ?? "")) && (value?.split(".")[1] ?? "").length > data.decimals);
  input.setAttribute("aria-invalid", String(bad));
  input.title = bad ? badWord : "";
  return bad ? null : value ?? null;
}

/** Everything on the screen, as the API takes it. */
function gathered() {
  /** @type {Record<string, any>} */
  const made = { decimals: data.decimals };
  for (const name of FIELDS) {
    const input = field(name);
    made[name] = input.dataset.sum === undefined ? input.value.trim() || null : number(input);
  }
  made.currency = made.currency?.toUpperCase() ?? null;
  const moment = field("time");
  moment.setAttribute("aria-invalid", String(made.time !== null && !/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(made.time)));
  const adjustments = field("adjustments");
  const sums = adjustments.value.split(/[\s;]+/).filter(Boolean).map(decimal);
  adjustments.setAttribute("aria-invalid", String(sums.includes(undefined)));
  made.adjustments = sums.filter(Boolean);
  made.items = rows("items").filter((row) => row.name || row.total);
  made.taxes = rows("taxes").filter((row) => row.amount);
  made.payments = rows("payments").filter((row) => row.amount);
  return made;
}

/** @param {Record<string, any>} made */
function equations(made) {
  const digits = data.decimals;
  const coins = (/** @type {string | null} */ text) => whole(text, digits);
  /** @type {{name: string, row: number | null, left: number, right: number, holds: boolean}[]} */
  const found = [];
  made.items.forEach((/** @type {Record<string, string | null>} */ item, /** @type {number} */ row) => {
    const pieces = whole(item.quantity, 3), price = coins(item.price), total = coins(item.total);
    if (pieces === null || price === null || total === null) return;
    const exact = Math.abs(pieces * price), wanted = Math.abs(total) * 1000;
    const holds = pieces % 1000 === 0 ? exact === wanted : Math.abs(exact - wanted) <= 1000;
    found.push({ name: "line", row, left: Math.round(pieces * price / 1000), right: total, holds });
  });
  const total = coins(made.total);
  if (total === null) return found;
  const goods = made.items.map((/** @type {Record<string, string | null>} */ item) => coins(item.total));
  if (goods.length && !goods.includes(null)) {
    const left = [...goods, ...made.adjustments.map(coins)].reduce((a, b) => a + b, 0);
    found.push({ name: "basket", row: null, left, right: total, holds: Math.abs(left) === Math.abs(total) });
  }
  if (made.payments.length) {
    const paid = made.payments.reduce((/** @type {number} */ a, /** @type {Record<string, string>} */ one) => a + (coins(one.amount) ?? 0), 0);
    const change = coins(made.change) ?? 0;
    const left = paid >= 0 ? paid - change : paid + change;
    found.push({ name: "payment", row: null, left, right: total, holds: Math.abs(left) === Math.abs(total) });
  }
  return found;
}

/** Lines that agree are told in one row, "1–3, 5"; what does not agree has a row of its own. @param {ReturnType<typeof equations>} found */
function inShort(found) {
  const good = found.filter((one) => one.name === "line" && one.holds).map((one) => /** @type {number} */ (one.row) + 1);
  /** @type {number[][]} */
  const runs = [];
  for (const row of good) {
    const last = runs.at(-1);
    if (last && last[1] === row - 1) last[1] = row;
    else runs.push([row, row]);
  }
  const rows = runs.map(([a, b]) => (a === b ? `${a}` : `${a}–${b}`)).join(", ");
  const told = rows ? [{ name: "line", rows, left: 0, right: 0, holds: true }] : [];
  return [...told, ...found.filter((one) => one.name !== "line" || !one.holds).map((one) => ({ ...one, rows: String((one.row ?? 0) + 1) }))];
}

function weigh() {
  const made = gathered();
  const found = equations(made);
  const list = at("checks");
  list.replaceChildren(...inShort(found).map((one) => {
    const item = document.createElement("li");
    item.className = one.holds ? "good" : "bad";
    item.dataset.holds = String(one.holds);
    const sign = document.createElement("span");
    sign.textContent = one.holds ? "✓" : "✗";
    sign.setAttribute("aria-hidden", "true");
    const words = document.createElement("span");
    const name = one.name === "line" ? `${names.line} ${one.rows}` : names[one.name];
    words.textContent = `${name}: ${one.holds ? holdsWord : failsWord}`;
    const sums = document.createElement("span");
    sums.className = "num";
    sums.textContent = one.name === "line" && one.holds ? "" : `${shown(one.left)} ${one.holds ? "=" : "≠"} ${shown(one.right)}`;
    item.append(sign, words, sums);
    return item;
  }));
  const proven = ["sale", "refund", "copy"].includes(made.kind) && found.some((one) => one.name === "basket" && one.holds) && found.every((one) => one.holds);
  const verdict = at("verdict");
  verdict.textContent = proven ? `✓ ${provenWord}` : `· ${unprovenWord}`;
  verdict.className = proven ? "note good" : "note";
  return made;
}

function tellSureness() {
  const by = start.checked.confirmed_by;
  for (const mark of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-sure]"))) {
    const name = mark.dataset.sure ?? "";
    const value = start.checked.confidence[name];
    const word = by ? sureWords[4] : value === undefined ? sureWords[3] : value >= 0.9 ? sureWords[0] : value >= 0.6 ? sureWords[1] : sureWords[2];
    mark.textContent = value === undefined || by ? word : `${Math.round(value * 100)} % ${word}`;
    mark.classList.toggle("low", !by && (value === undefined || value < 0.6));
  }
}

async function save() {
  const made = weigh();
  const bad = /** @type {HTMLElement | null} */ (form.querySelector('[aria-invalid="true"]'));
  const refused = at("refused");
  if (bad) {
    refused.hidden = false;
    refused.textContent = badWord;
    bad.focus();
    return;
  }
  const answer = await fetch(`/api/v1/receipts/${start.id}/reading`, {
    method: "PUT", credentials: "same-origin",
    headers: { "content-type": "application/json", "x-csrf-token": start.csrf }, body: JSON.stringify(made),
  });
  if (answer.ok) {
    location.assign(`/receipts/${start.id}`);
    return;
  }
  const problem = await answer.json().catch(() => ({}));
  refused.hidden = false;
  refused.textContent = problem.title ?? notSaved;
  refused.focus();
}

for (const name of FIELDS) field(name).value = data[name] ?? "";
field("adjustments").value = data.adjustments.join(" ");
for (const list of /** @type {(keyof LISTS)[]} */ (Object.keys(LISTS))) for (const row of data[list]) add(list, row);
tellSureness();
weigh();
const doubtful = FIELDS.slice(1).filter((name) => name in start.checked.confidence).sort((a, b) => start.checked.confidence[a] - start.checked.confidence[b])[0];
field(doubtful && start.checked.confidence[doubtful] < 0.9 ? doubtful : "total").focus({ preventScroll: true });

form.addEventListener("input", () => weigh());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void save();
});
form.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("button");
  if (button?.dataset.add) /** @type {HTMLElement} */ (add(/** @type {keyof LISTS} */ (button.dataset.add), {}).querySelector("input, select")).focus();
  if (button?.dataset.remove !== undefined) {
    const row = /** @type {HTMLElement} */ (button.closest("tr, .row"));
    const next = /** @type {HTMLElement | null} */ ((row.nextElementSibling ?? row.previousElementSibling)?.querySelector("input"));
    row.remove();
    next?.focus();
    weigh();
  }
});
form.addEventListener("keydown", (event) => {
  const input = /** @type {HTMLElement} */ (event.target);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    void save();
  } else if (event.key === "Enter" && input instanceof HTMLInputElement) {
    event.preventDefault();
    const row = input.closest("#items tr");
    const next = row?.nextElementSibling ?? (row ? add("items", {}) : null);
    /** @type {HTMLInputElement | null | undefined} */ (next?.querySelector("input"))?.focus();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && input instanceof HTMLInputElement && input.dataset.part) {
    const row = input.closest("tr, .row");
    const other = event.key === "ArrowDown" ? row?.nextElementSibling : row?.previousElementSibling;
    /** @type {HTMLInputElement | null | undefined} */ (other?.querySelector(`[data-part="${input.dataset.part}"]`))?.focus();
  }
});
