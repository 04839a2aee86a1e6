// @ts-check
/**
 * The terminal's page: a sale typed by hand or handed over, a printer, and its copies one after the other.
 *
 * A receipt's data are asked for once and kept with it while the page lives, so that printing again asks nobody. Where
 * Kvit can not be reached, a printer of this device prints the minimal template, which was made ready before.
 */

import { ENDS, GOOD_ENDS, KvitClient, fillSlots, printCopies } from "./kvit-client.js";
import { openBluetooth, openSerial, openUsb, ways } from "./kvit-printers.js";
import { amountOf, quantityOf, saleOf, sumOf, totalOf } from "./terminal-sale.js";

/** @typedef {{ business: string, data: any, title: string, made: Map<string, Uint8Array> }} Receipt */

const LAST_MAX = 20;
const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const world = $("world").dataset;
const words = JSON.parse(world.words);
const kinds = JSON.parse(world.kinds);
const home = { currency: world.currency, decimals: Number(world.decimals), shop: world.shop };
const kvit = new KvitClient();
const here = ways();
const OPEN = { serial: () => openSerial({ baudRate: Number($("speed").value) }), usb: openUsb, bluetooth: openBluetooth };

/** @type {import("./terminal-sale.js").Item[]} */
let items = [];
/** @type {any} data handed over, instead of items */
let handed = null;
/** @type {Receipt | null} what is on the screen, once it was printed */
let current = null;
/** @type {Receipt[]} */
const last = [];
/** @type {import("./kvit-printers.js").Writer | null} */
let writer = null;
let busy = false;

/** A sentence with its values. @param {string} code @param {Record<string, string | number>} [values] */
function say(code, values = {}) {
  const text = words[code] ?? words[`terminal.${code}`] ?? code;
  return text.replace(/\{([a-z_]+)\}/g, (/** @type {string} */ all, /** @type {string} */ name) => String(values[name] ?? all));
}

const money = (/** @type {number} */ amount) => (handed?.currency && handed.currency !== home.currency ? foreign(amount) : own(amount));

/** A sum of a receipt in another currency. @param {number} amount */
function foreign(amount) {
  const shown = new Intl.NumberFormat(world.language, { style: "currency", currency: handed.currency });
  return shown.format(amount / 10 ** (shown.resolvedOptions().maximumFractionDigits ?? 2));
}

const own = (/** @type {number} */ amount) =>
  new Intl.NumberFormat(world.country ? `${world.language}-${world.country}` : world.language, {
    style: "currency", currency: home.currency || "XXX", minimumFractionDigits: home.decimals, maximumFractionDigits: home.decimals,
  }).format(amount / 10 ** home.decimals);

/** @param {string} tag @param {Record<string, any>} [more] @param {(Node | string)[]} inner */
function made(tag, more = {}, ...inner) {
  const element = Object.assign(document.createElement(tag), more);
  element.append(...inner);
  return element;
}

/** @param {HTMLElement} place @param {string} text */
function tell(place, text) {
  place.textContent = text;
  place.hidden = !text;
}

/* ---- The sale ---- */

function show() {
  const shown = handed?.items ?? items;
  $("items").replaceChildren(...shown.map(row));
  $("empty").hidden = shown.length > 0;
  const total = handed?.total ?? sumOf(items);
  $("total").textContent = money(total);
  const cash = $("payment").value === "cash" && !handed;
  $("given-row").hidden = !cash;
  const given = cash ? amountOf($("given").value, home) : null;
  $("change-row").hidden = given === null || given <= total;
  $("change").textContent = given === null ? "" : money(given - total);
}

/** @param {any} item @param {number} at */
function row(item, at) {
  const line = made(
    "li", {},
    made("span", { className: "title" }, item.name ?? ""),
    made("span", { className: "quiet" }, `${(item.quantity ?? 1000) / 1000} × ${money(item.price ?? item.total ?? 0)}`),
    made("span", { className: "sum" }, money(item.total ?? 0)),
  );
  if (!handed) {
    const remove = made("button", { type: "button", className: "plain", ariaLabel: `${say("remove")}: ${item.name}` }, "×");
    remove.addEventListener("click", () => {
      items = items.filter((_, place) => place !== at);
      changed();
    });
    line.append(remove);
  }
  return line;
}

/** What is on the screen is another receipt from now on. */
function changed() {
  current = null;
  $("preview").hidden = true;
  show();
}

$("add").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const form = $("add").elements;
  const quantity = quantityOf(form.quantity.value);
  const price = amountOf(form.price.value, home);
  const wrong = quantity ? (price === null ? form.price : null) : form.quantity;
  tell($("wrong"), wrong ? say("not_a_number", { text: wrong.value }) : "");
  if (wrong) return wrong.focus();
  if (handed) items = [];
  handed = null;
  const [whole, each] = [quantity ?? 0, price ?? 0];
  items = [...items, { name: form.name.value.trim(), quantity: whole, price: each, total: totalOf(each, whole) }];
  changed();
  $("add").reset();
  form.name.focus();
});

/** A receipt Kvit has, chosen from the newest: its data are asked for once. */
$("known")?.addEventListener("toggle", async () => {
  if (!$("known").open) return;
  try {
    const { receipts } = await kvit.ask("GET", `/receipts?limit=${LAST_MAX}`);
    $("receipt").replaceChildren(
      ...receipts.map((/** @type {any} */ each) => {
        const option = made("option", { value: each.id }, [each.number, each.title, each.total].filter(Boolean).join(" · "));
        option.dataset.business = each.kind === "refund" ? "refund" : "shopping";
        return option;
      }),
    );
  } catch (error) {
    failed(error);
  }
});

$("take")?.addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const [chosen] = $("receipt").selectedOptions;
  if (!chosen) return;
  try {
    put(chosen.dataset.business ?? "shopping", await kvit.data(chosen.dataset.business ?? "shopping", chosen.value));
  } catch (error) {
    failed(error);
  }
});

/** Shows data that come from elsewhere. @param {string} business @param {any} data */
function put(business, data) {
  handed = data;
  items = [];
  $("business").value = business === "refund" ? "refund" : "shopping";
  changed();
}

$("new").addEventListener("click", () => {
  items = [];
  handed = null;
  for (const name of ["number", "given"]) $(name).value = "";
  for (const name of ["progress", "warnings"]) $(name).replaceChildren();
  tell($("note"), "");
  changed();
  $("add").elements.name.focus();
});
for (const name of ["payment", "given", "number", "business"]) $(name).addEventListener("input", changed);

/** The receipt on the screen, its moment taken once. @returns {Receipt | null} */
function receipt() {
  if (current) return current;
  if (!handed && !items.length) return null;
  const how = { number: $("number").value.trim(), payment: $("payment").value, given: amountOf($("given").value, home) };
  const data = handed ?? saleOf(home, items, how);
  current = { business: $("business").value, data, title: [data.number, money(data.total ?? 0)].filter(Boolean).join(" · "), made: new Map() };
  return current;
}

/* ---- Where to print ---- */

const place = () => $("place").value;
const isDirect = () => place() in OPEN;
const kindAndPaper = () => ({ printer: $("kind").value, paper: Number($("paper").value) });

async function showPlaces() {
  const group = (/** @type {string} */ label, /** @type {Node[]} */ options) => made("optgroup", { label }, ...options);
  const printers = await kvit.store.get("printers");
  const shop = (printers ?? []).map((/** @type {string} */ name) => made("option", { value: `shop:${name}` }, name));
  const direct = Object.keys(OPEN).filter((way) => /** @type {any} */ (here)[way] && !here.ios);
  const own = direct.map((way) => made("option", { value: way }, `${say("this_device")}: ${say(way)}`));
  const chosen = place() || localStorage.getItem("kvit-place");
  $("place").replaceChildren(...[shop.length ? group(say("shop_printers"), shop) : "", own.length ? group(say("this_device"), own) : ""].filter(Boolean));
  if ([...$("place").options].some((option) => option.value === chosen)) $("place").value = chosen;
  tell($("ways"), here.ios ? say("ios") : own.length ? (shop.length || !printers ? "" : say("no_printers")) : say("no_ways"));
  showDirect();
}

function showDirect() {
  localStorage.setItem("kvit-place", place());
  $("direct").hidden = !isDirect();
  $("speed-row").hidden = place() !== "serial";
  const kept = Number($("paper").value || localStorage.getItem("kvit-paper"));
  $("paper").replaceChildren(...(kinds[$("kind").value] ?? []).map((/** @type {number} */ mm) => made("option", { selected: mm === kept }, String(mm))));
  localStorage.setItem("kvit-kind", $("kind").value);
  localStorage.setItem("kvit-paper", $("paper").value);
  if (isDirect()) makeReady();
}

/** Asks for what printing without an answer needs; kept by the client. */
function makeReady() {
  for (const business of ["shopping", "refund"]) kvit.offline(business, kindAndPaper()).catch(() => undefined);
}

$("kind").value = localStorage.getItem("kvit-kind") ?? $("kind").value;
for (const name of ["place", "kind", "paper"]) $(name).addEventListener("change", showDirect);
$("place").addEventListener("change", () => disconnect());

async function disconnect() {
  const old = writer;
  writer = null;
  tell($("connected"), "");
  await old?.close().catch(() => undefined);
}

$("connect").addEventListener("click", async () => {
  await disconnect();
  try {
    writer = await OPEN[/** @type {"usb"} */ (place())]();
    tell($("connected"), say("connected", { name: writer.name === writer.kind ? say(writer.kind) : writer.name }));
  } catch (error) {
    if (/** @type {any} */ (error).name !== "NotFoundError") tell($("connected"), String(/** @type {any} */ (error).message));
  }
});

/* ---- Printing ---- */

$("look").addEventListener("click", async () => {
  const sale = receipt();
  if (!sale) return tell($("wrong"), say("nothing_to_print"));
  const where = isDirect() ? kindAndPaper() : { printer: place().replace("shop:", "") };
  try {
    const { bytes, warnings } = await kvit.render({ business: sale.business, data: sale.data, ...where, form: "png" });
    $("preview").src = `data:image/png;base64,${btoa(String.fromCharCode(...(bytes ?? [])))}`;
    $("preview").hidden = false;
    $("warnings").replaceChildren(...warnings.map((text) => made("li", {}, text)));
    online(true);
  } catch (error) {
    failed(error);
  }
});

$("print").addEventListener("click", () => {
  const sale = receipt();
  if (!sale) {
    tell($("wrong"), say("nothing_to_print"));
    return $("add").elements.name.focus();
  }
  tell($("wrong"), "");
  print(sale);
});

/** @param {Receipt} sale */
async function print(sale) {
  if (busy) return;
  if (isDirect() && !writer) return tell($("note"), say("connect_first"));
  busy = true;
  $("print").disabled = true;
  tell($("note"), "");
  $("progress").scrollIntoView({ block: "nearest" });
  const asked = Math.min(9, Math.max(1, Number($("copies").value) || 1));
  $("progress").replaceChildren();
  const key = `terminal-${crypto.randomUUID()}`;
  const done = await printCopies(asked, (copy) => {
    const line = made("span", { className: "tag" }, "…");
    $("progress").append(made("li", {}, made("span", {}, say("copy_of", { copy, copies: asked })), line));
    return isDirect() ? direct(sale, line) : atShop(sale, `${key}-${copy}`, line);
  });
  const good = GOOD_ENDS.has(done.state);
  const why = done.state === "error" ? done.error : good ? "" : (words[`printing.state_${done.state}`] ?? say(`state_${done.state}`));
  const end = say(good ? "all_printed" : "stopped", { printed: done.printed, asked });
  $("progress").append(made("li", { className: `end${good ? "" : " note bad"}` }, `${end} ${why}`.trim()));
  $("progress").dataset.end = done.state;
  $("progress").scrollIntoView({ block: "nearest" });
  busy = false;
  $("print").disabled = false;
  remember(sale);
}

/** @param {Receipt} sale @param {string} key @param {HTMLElement} line */
async function atShop(sale, key, line) {
  const printer = place().replace("shop:", "");
  try {
    const title = String(sale.data.number ?? "").slice(0, 60);
    const job = await kvit.print({ business: sale.business, data: sale.data, printer, title }, key);
    online(true);
    const end = await kvit.watchJob(job.id, (now) => mark(line, now.state, now.reason));
    return end.state;
  } catch (error) {
    mark(line, "error");
    throw failed(error, say("shop_away"));
  }
}

/** @param {Receipt} sale @param {HTMLElement} line */
async function direct(sale, line) {
  try {
    const { bytes, filled } = await bytesOf(sale);
    await writer?.write(bytes);
    mark(line, "sent");
    tell($("note"), `${filled ? say("minimal") : ""} ${say("handed")}`.trim());
    return "sent";
  } catch (error) {
    mark(line, "error");
    throw failed(error);
  }
}

/** The printer's bytes: kept with the receipt, made by the server, or filled here. @param {Receipt} sale */
async function bytesOf(sale) {
  const { printer, paper } = kindAndPaper();
  const name = `${printer} ${paper}`;
  const kept = sale.made.get(name);
  if (kept) return { bytes: kept, filled: false };
  try {
    const { bytes } = await kvit.render({ business: sale.business, data: sale.data, printer, paper });
    if (!bytes) throw new Error(printer);
    online(true);
    sale.made.set(name, bytes);
    return { bytes, filled: false };
  } catch (error) {
    if (!(/** @type {any} */ (error).away)) throw error;
    online(false);
    const pack = await kvit.offline(sale.business, { printer, paper }).catch(() => null);
    if (!pack) throw new Error(say("no_pack"));
    return { bytes: fillSlots(pack, sale.data), filled: true };
  }
}

/** @param {HTMLElement} line @param {string} state @param {string} [reason] */
function mark(line, state, reason = "") {
  const tone = GOOD_ENDS.has(state) ? "tone-good" : state === "error" || ENDS.has(state) ? "tone-bad" : "tone-busy";
  line.className = `tag ${tone}`;
  line.dataset.state = state;
  line.textContent = [words[`printing.state_${state}`] ?? say(`state_${state}`), reason].filter(Boolean).join(": ");
}

/** What went wrong, in words. @param {any} error @param {string} [away] where nobody answers @returns {Error} */
function failed(error, away = say("away_means")) {
  if (error.away) online(false);
  const text = error.away ? away : error.status === 401 ? say("sign_in") : error.message;
  tell($("note"), text);
  return new Error(text);
}

/** @param {Receipt} sale */
function remember(sale) {
  if (!last.includes(sale)) last.unshift(sale);
  last.length = Math.min(last.length, LAST_MAX);
  $("last-title").hidden = false;
  $("last").replaceChildren(
    ...last.map((each) => {
      const again = made("button", { type: "button", ariaLabel: say("again_of", { title: each.title }) }, say("again"));
      again.addEventListener("click", () => print(each));
      return made("li", { className: "row" }, made("span", {}, each.title), again);
    }),
  );
}

/* ---- The line to Kvit ---- */

/** @param {boolean} there */
function online(there) {
  const now = there ? "on" : "off";
  if ($("link").dataset.now === now) return;
  $("link").dataset.now = now;
  $("link").textContent = say(there ? "online" : "away");
  if (!there) tell($("note"), say("away_means"));
  else if ($("note").textContent === say("away_means")) tell($("note"), "");
}

/** Data of another page of this site: `handOver` of docs/protocols/client.md. */
const channel = new BroadcastChannel("kvit-terminal");
channel.addEventListener("message", ({ data }) => {
  if (typeof data?.sale !== "object" || !data.sale || typeof data.id !== "string" || busy) return;
  put(data.business, data.sale);
  tell($("note"), say("handed_in"));
  channel.postMessage({ taken: data.id });
});

async function begin() {
  show();
  await showPlaces();
  try {
    const { permissions } = await kvit.session();
    if (permissions.includes("jobs.read")) {
      await kvit.store.set("printers", (await kvit.printers()).map((each) => each.name));
      await showPlaces();
    }
    online(true);
  } catch (error) {
    failed(error);
  }
  for (const business of ["shopping", "refund"]) kvit.template(business).catch(() => undefined);
  const names = () => ["shopping", "refund"].flatMap((business) => [
    kvit.templateName(business), kvit.offlineName(business, kindAndPaper()),
  ]);
  kvit.onChange(() => tell($("note"), say("fresh")));
  kvit.watchTemplates(names, new AbortController().signal, online);
}

async function install() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.kept) document.documentElement.dataset.kept = "yes";
  });
  await navigator.serviceWorker.register("/terminal/worker.js", { scope: "/terminal" });
  const { active } = await navigator.serviceWorker.ready;
  const files = performance.getEntriesByType("resource").map((each) => each.name).filter((name) => name.includes("/static/"));
  active?.postMessage({ files: [...new Set([...JSON.parse(world.files), ...files.map((name) => new URL(name).pathname)])] });
}

begin();
install().catch(() => undefined);
document.documentElement.dataset.ready = "yes";
