// @ts-check
/**
 * Kvit's client for programs in a browser: templates with a cache, papers for any printer, jobs and their honest end. No
 * dependency but kvit-slots.js beside it; printers this device reaches by itself are in kvit-printers.js, which needs
 * neither. docs/protocols/client.md tells all three with examples.
 *
 *     import { KvitClient } from "./kvit-client.js";
 *     import { openSerial } from "./kvit-printers.js";
 *     const kvit = new KvitClient({ origin: location.origin, key: "kvit_…" });
 *     const paper = await kvit.render({ business: "shopping", data: sale, printer: "sprt58" });
 *     const printer = await openSerial();
 *     await printer.write(paper.bytes);
 *
 * A template may be a little old, a sale may not: templates come out of the cache at once and are asked for again behind
 * it, the data of a sale are never kept here. Sums are whole numbers of the smallest coin, quantities whole thousandths.
 */

import { fillSlots, fromHex } from "./kvit-slots.js";

export { fillSlots };

/** @typedef {{ get(name: string): Promise<any>, set(name: string, value: any): Promise<void> }} Store */
/** @typedef {{ origin?: string, key?: string, shopId?: string, store?: Store, fetch?: typeof fetch }} Settings */
/** @typedef {{ business: string, shopId: string, id: number, version: number, layouts: { name: string, content: string }[] }} Template */
/** @typedef {{ bytes: Uint8Array | null, text: string, mediaType: string, hash: string, copies: number, warnings: string[], template: any }} Paper */
/** @typedef {{ id: string, printer: string, state: string, reason: string, copy: number, evidence: string | null }} Job */
/** @typedef {import("./kvit-slots.js").SlotPack} SlotPack */

/** States a job does not leave by itself; `unknown` waits for a person. */
export const ENDS = new Set(["printed", "sent", "expired", "cancelled", "unknown"]);
/** Of these two Kvit or the printer answers that the paper is out or handed over. */
export const GOOD_ENDS = new Set(["printed", "sent"]);
/** How long one copy may take before the ones behind it are not printed. */
export const COPY_TIMEOUT_MS = 15_000;
/** Receipts whose data a client remembers. */
const DATA_MAX = 50;
const ASK_AGAIN_MS = 2_000;
const HAND_OVER_MS = 1_000;
const ANSWER_TIMEOUT_MS = 15_000;

/** What Kvit answers instead: `code` for programs (docs/refusals.md), `message` for people; `away`: nobody answered. */
export class KvitError extends Error {
  /** @param {string} code @param {string} message @param {number} status */
  constructor(code, message, status) {
    super(message || code);
    this.name = "KvitError";
    this.code = code;
    this.status = status;
  }

  /** Whether the server could not be reached; what was asked may or may not have arrived. */
  get away() {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** Keeps values in localStorage where there is one, else as long as the page lives. @param {string} [prefix] @returns {Store} */
export function localStore(prefix = "kvit:") {
  /** @type {Map<string, any>} */
  const memory = new Map();
  return {
    async get(name) {
      if (memory.has(name)) return memory.get(name);
      try {
        const kept = localStorage.getItem(prefix + name);
        return kept === null ? undefined : JSON.parse(kept);
      } catch {
        return undefined;
      }
    },
    async set(name, value) {
      memory.set(name, value);
      try {
        localStorage.setItem(prefix + name, JSON.stringify(value));
      } catch {
        // full or forbidden: the page's own memory has it
      }
    },
  };
}

/** One shop's Kvit. With `key` a program's (docs/protocols/api.md); without one a page of Kvit's own, by its session. */
export class KvitClient {
  /** @param {Settings} [settings] */
  constructor({ origin = "", key = "", shopId = "", store = localStore(), fetch: ask } = {}) {
    this.origin = origin;
    this.key = key;
    this.shopId = shopId;
    this.store = store;
    this.csrf = "";
    /** @type {typeof fetch} */
    this.fetch = ask ?? ((...given) => fetch(...given));
    /** @type {Set<(business: string) => void>} */
    this.listeners = new Set();
    /** @type {Map<string, Promise<any>>} */
    this.asked = new Map();
  }

  /** Who calls, and what they may do. @returns {Promise<{ role: string, permissions: string[], csrf: string }>} */
  async session() {
    const found = await this.ask("GET", "/session");
    this.csrf = found.csrf;
    return found;
  }

  /** The printers of the shop as they stand. @returns {Promise<{ name: string, trouble: string }[]>} */
  async printers() {
    return (await this.ask("GET", "/printers")).printers;
  }

  /**
   * The template that prints. A kept one is given at once and asked for again behind; `changed` hears of a newer one.
   * @param {string} business @param {{ variant?: string }} [which] @returns {Promise<Template>}
   */
  template(business, which = {}) {
    return this.kept(this.templateName(business, which), business);
  }

  /** Under which name it is kept: its path under /api/v1. @param {string} business @param {{ variant?: string }} [which] */
  templateName(business, { variant = "" } = {}) {
    const query = new URLSearchParams({ ...(variant && { variant }), ...(this.shopId && { shopId: this.shopId }) });
    return `/templates/${encodeURIComponent(business)}?${query}`;
  }

  /**
   * The minimal template as bytes and slots for one kind of printer: `fillSlots` prints with it when nobody answers.
   * @param {string} business @param {{ printer: string, paper?: number }} which @returns {Promise<SlotPack>}
   */
  offline(business, which) {
    return this.kept(this.offlineName(business, which), business);
  }

  /** @param {string} business @param {{ printer: string, paper?: number }} which */
  offlineName(business, { printer, paper = 0 }) {
    const query = new URLSearchParams({ printer, ...(paper && { paper: String(paper) }) });
    return `/offline/${encodeURIComponent(business)}?${query}`;
  }

  /**
   * The data of one receipt as templates take them. Asked for once while this client lives: a reprint never asks again.
   * @param {string} business @param {string} id @returns {Promise<Record<string, any>>}
   */
  data(business, id) {
    const path = `/data/${encodeURIComponent(business)}/${encodeURIComponent(id)}`;
    const known = this.asked.get(path);
    if (known) return known;
    const fresh = this.ask("GET", path);
    fresh.catch(() => this.asked.delete(path));
    this.asked.set(path, fresh);
    const [oldest] = this.asked.keys();
    if (this.asked.size > DATA_MAX && oldest) this.asked.delete(oldest);
    return fresh;
  }

  /** Calls `told` with the business of every template that changed; gives what ends it. @param {(business: string) => void} told */
  onChange(told) {
    this.listeners.add(told);
    return () => this.listeners.delete(told);
  }

  /**
   * Stale while revalidate: what is kept now, what is new behind it. `name` is the path under /api/v1.
   * @param {string} name @param {string} business
   */
  async kept(name, business) {
    const known = await this.store.get(name);
    const fresh = this.refreshed(name, known, business);
    if (!known) return fresh;
    fresh.catch(() => undefined);
    return known.value;
  }

  /** @param {string} name @param {{ tag: string, value: any } | undefined} known @param {string} business */
  async refreshed(name, known, business) {
    const answer = await this.send("GET", name, undefined, known ? { "If-None-Match": known.tag } : {});
    if (answer.status === 304 && known) return known.value;
    const value = await answer.json();
    await this.store.set(name, { tag: answer.headers.get("etag") ?? "", value });
    if (known) for (const told of this.listeners) told(business);
    return value;
  }

  /**
   * Listens to what the server says of templates and asks for every changed one that is kept. Runs until `stop.abort()`.
   * @param {() => string[]} names what is to be kept fresh, as `templateName` and `offlineName` say
   * @param {AbortSignal} stop @param {(open: boolean) => void} [state]
   */
  async watchTemplates(names, stop, state = () => undefined) {
    await this.listen("/template-events", stop, state, async (event, data) => {
      if (event !== "template") return;
      for (const name of names()) {
        const business = decodeURIComponent(name.split(/[/?]/)[2] ?? "");
        if (data.business === "*" || data.business === business || data.business === "shared") {
          await this.refreshed(name, await this.store.get(name), business).catch(() => undefined);
        }
      }
    });
  }

  /**
   * Makes a paper: bytes, or text where the printer takes text (a cloud's tags, a list of calls).
   * @param {Record<string, any>} wanted as POST /api/v1/render takes it @returns {Promise<Paper>}
   */
  async render(wanted) {
    const made = await this.ask("POST", "/render", wanted);
    const bytes = made.encoding === "base64" ? fromBase64(made.data) : made.encoding === "hex" ? fromHex(made.data) : null;
    const { hash, copies, warnings, template } = made;
    return { bytes, text: bytes ? "" : made.data, mediaType: made.media_type, hash, copies, warnings, template };
  }

  /**
   * Hands a paper in at a printer of the shop. The same key and body again are the same job: ask again after a lost answer.
   * @param {Record<string, any>} wanted as POST /api/v1/print takes it @param {string} key @returns {Promise<Job>}
   */
  async print(wanted, key) {
    return (await this.ask("POST", "/print", wanted, { "Idempotency-Key": key })).jobs[0];
  }

  /** @param {string} id @returns {Promise<Job>} */
  async job(id) {
    return (await this.ask("GET", `/jobs/${id}`)).job;
  }

  /**
   * Follows a job to its end, or to the end of the time: then the state it is in. `told` hears of every change.
   * @param {string} id @param {(job: Job) => void} [told] @param {number} [within_ms] @returns {Promise<Job>}
   */
  async watchJob(id, told = () => undefined, within_ms = COPY_TIMEOUT_MS) {
    const stop = new AbortController();
    const until = Date.now() + within_ms;
    let wake = () => undefined;
    const listening = this.listen("/events", stop.signal, () => undefined, async (event, data) => {
      if (event === "job" && data.id === id) wake();
    });
    listening.catch(() => undefined);
    try {
      let seen = "";
      for (;;) {
        const job = await this.job(id);
        if (job.state !== seen) told(job);
        seen = job.state;
        if (ENDS.has(job.state) || Date.now() >= until) return job;
        await new Promise((resolve) => {
          const timer = setTimeout(resolve, Math.min(ASK_AGAIN_MS, Math.max(0, until - Date.now())));
          wake = () => (clearTimeout(timer), void resolve(undefined));
        });
      }
    } finally {
      stop.abort();
    }
  }

  /** Asks and reads JSON. @param {string} method @param {string} path @param {any} [body] @param {Record<string, string>} [more] */
  async ask(method, path, body, more = {}) {
    return (await this.send(method, path, body, more)).json();
  }

  /** @param {string} method @param {string} path @param {any} body @param {Record<string, string>} more */
  async send(method, path, body, more) {
    if (method !== "GET" && !this.key && !this.csrf) await this.session();
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json", ...more };
    if (this.key) headers.Authorization = `Bearer ${this.key}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET" && !this.key) headers["X-CSRF-Token"] = this.csrf;
    let answer;
    try {
      const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
      const request = { method, headers, signal, ...(body !== undefined && { body: JSON.stringify(body) }) };
      answer = await this.fetch(`${this.origin}/api/v1${path}`, request);
    } catch (error) {
      throw new KvitError("away", String(error), 0);
    }
    if (answer.ok || answer.status === 304) return answer;
    const problem = await answer.json().catch(() => ({}));
    if (problem.code === "access.stale_form") this.csrf = "";
    throw new KvitError(problem.code ?? "", problem.title ?? answer.statusText, answer.status);
  }

  /**
   * Reads a stream of server-sent events, and again after it broke, until `stop`. By fetch, so that a key can go with it.
   * @param {string} path @param {AbortSignal} stop @param {(open: boolean) => void} state
   * @param {(event: string, data: any) => Promise<void>} told
   */
  async listen(path, stop, state, told) {
    while (!stop.aborted) {
      try {
        const headers = { ...(this.key && { Authorization: `Bearer ${this.key}` }) };
        const answer = await this.fetch(`${this.origin}/api/v1${path}`, { headers, signal: stop });
        if (answer.status === 401 || answer.status === 403) return state(false);
        if (answer.ok && answer.body) {
          state(true);
          for await (const [event, data] of events(answer.body)) await told(event, data);
        }
      } catch {
        // broken or stopped: the loop knows
      }
      if (stop.aborted) return;
      state(false);
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }
}

/** @param {ReadableStream<Uint8Array>} body @returns {AsyncGenerator<[string, any]>} */
async function* events(body) {
  const reader = body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event && data) yield [event, JSON.parse(data)];
    }
  }
}

/**
 * Gives a sale to a terminal that is open in another window of this site: true when one took it within a second. A page of
 * another site can not do this; it has this file, a key and its own printer.
 * @param {string} business `shopping` or `refund` @param {Record<string, any>} sale @returns {Promise<boolean>}
 */
export async function handOver(business, sale) {
  const channel = new BroadcastChannel("kvit-terminal");
  const id = crypto.randomUUID();
  const taken = new Promise((resolve) => {
    channel.addEventListener("message", ({ data }) => data?.taken === id && resolve(true));
    setTimeout(() => resolve(false), HAND_OVER_MS);
  });
  channel.postMessage({ id, business, sale });
  const answer = await taken;
  channel.close();
  return answer;
}

/**
 * Prints copies one after the other; the next begins when the one before it is confirmed, and the first error ends it.
 * @param {number} asked @param {(copy: number) => Promise<string>} one prints a copy, gives `printed`, `sent` or another state
 * @returns {Promise<{ asked: number, printed: number, state: string, error: string }>}
 */
export async function printCopies(asked, one) {
  for (let copy = 1; copy <= asked; copy += 1) {
    try {
      const state = await one(copy);
      if (!GOOD_ENDS.has(state)) return { asked, printed: copy - 1, state: ENDS.has(state) ? state : "unconfirmed", error: "" };
      if (copy === asked) return { asked, printed: asked, state, error: "" };
    } catch (error) {
      return { asked, printed: copy - 1, state: "error", error: String(error instanceof Error ? error.message : error) };
    }
  }
  return { asked, printed: 0, state: "error", error: "" };
}

/** @param {string} text */
function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
