// @ts-check
/** Asking the shop: JSON both ways, with the token writes must carry. A lost line is an answer with status 0. */

/** @typedef {{ status: number, told: any, code: string, says: string }} Answer  `told` is null where it said no */

/**
 * @param {string} method @param {string} path @param {unknown} body bytes go as they are @param {string} csrf
 * @param {{ signal?: AbortSignal, headers?: Record<string, string> }} [more] @returns {Promise<Answer>}
 */
export async function ask(method, path, body, csrf, more = {}) {
  const bytes = body instanceof Blob;
  const headers = { ...more.headers, "x-csrf-token": csrf, ...(body === null ? {} : { "content-type": bytes ? "application/octet-stream" : "application/json" }) };
  try {
    const answer = await fetch(path, { method, headers, signal: more.signal, body: body === null ? undefined : bytes ? body : JSON.stringify(body) });
    const told = await answer.json();
    if (answer.ok) return { status: answer.status, told, code: "", says: "" };
    return { status: answer.status, told: null, code: told.code ?? "", says: [told.title, told.detail].filter(Boolean).join(" ") };
  } catch (error) {
    return { status: 0, told: null, code: error instanceof DOMException && error.name === "AbortError" ? "abort" : "away", says: "" };
  }
}
