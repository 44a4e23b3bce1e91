/* All talk with the service: one place for keys, languages, errors, and trying again. */

import { language, t } from "./words.js";

const KEY = "temperament.key";
const PAUSE = 3000;
let waiting = 0;

/** An answer that is no success; `message` is for people, `status` 0 where the service was not reached. */
export class Failure extends Error {
  constructor(status, message, retry = 0) {
    super(message);
    this.status = status;
    this.retry = retry;
  }
}

export function key() {
  return sessionStorage.getItem(KEY) ?? "";
}

export function setKey(value) {
  if (value) sessionStorage.setItem(KEY, value);
  else sessionStorage.removeItem(KEY);
}

function headers(more = {}) {
  const made = { "Accept-Language": language(), ...more };
  if (key()) made.Authorization = `Bearer ${key()}`;
  return made;
}

/** Send a body, get JSON; `more` are headers of its own. Throws `Failure`. */
export async function post(path, body, signal, more = {}) {
  const asked = { method: "POST", headers: headers({ "Content-Type": "application/json", ...more }), signal };
  const answer = await reached(path, { ...asked, body: JSON.stringify({ language: language(), ...body }) });
  return answer.status === 204 ? null : answer.json();
}

/** Get an answer; throws `Failure`. */
export async function get(path, signal) {
  return reached(path, { headers: headers(), signal });
}

async function reached(path, asked) {
  let answer;
  try {
    answer = await fetch(path, { ...asked, cache: "no-store", referrerPolicy: "no-referrer" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    lost();
    throw new Failure(0, t("away"));
  }
  if (waiting) found();
  if (answer.ok) return answer;
  throw await failure(answer);
}

async function failure(answer) {
  const retry = Number(answer.headers.get("retry-after")) || 0;
  const said = await answer.json().then((body) => body.error?.[language()] ?? body.error?.message, () => "");
  const own = { 401: t("needKey"), 413: t("tooLarge"), 429: t("tooMany", retry || 1), 503: t("busy") }[answer.status];
  return new Failure(answer.status, own ?? (answer.status >= 500 ? t("broken500") : said || t("broken500")), retry);
}

/* Ask until the service is back, then let everybody know. */
function lost() {
  if (waiting) return;
  document.dispatchEvent(new CustomEvent("service", { detail: false }));
  waiting = setInterval(async () => {
    try {
      if ((await fetch("/healthz", { cache: "no-store" })).ok && waiting) found();
    } catch {
      /* still away */
    }
  }, PAUSE);
}

function found() {
  clearInterval(waiting);
  waiting = 0;
  document.dispatchEvent(new CustomEvent("service", { detail: true }));
}

/** Follow a stream of server-sent events; EventSource cannot send a key, so it is read by hand. */
export async function follow(path, listener, signal) {
  const answer = await get(path, signal);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) heard(block, listener);
  }
}

function heard(block, listener) {
  const fields = { event: "message", data: "", id: "" };
  for (const line of block.split("\n")) {
    const at = line.indexOf(": ");
    if (at > 0) fields[line.slice(0, at)] = line.slice(at + 2);
  }
  if (fields.data) listener(fields.event, JSON.parse(fields.data), fields.id);
}
