/* Small helpers for elements; text always goes in as text, never as HTML. */

import { t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: properties by name, `class`, `data-*`, `aria-*` and `role` as attributes, `on` as listeners. */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    else if (/^(class|data-|aria-|role$|for$|lang$)/.test(name)) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.flat().filter((one) => one !== null && one !== undefined && one !== false && one !== ""));
  return made;
}

/** Make an element of SVG; everything is an attribute. */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.flat());
  return made;
}

export const find = (selector, root = document) => root.querySelector(selector);

/** Return a text that nobody else has; without HTTPS browsers make UUIDs on loopback only. */
export function unique() {
  return crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

let clearing = 0;

/** Show and speak a short message. */
export function toast(text) {
  const box = find("#toast");
  box.textContent = text;
  box.classList.add("shown");
  clearTimeout(clearing);
  clearing = setTimeout(() => box.classList.remove("shown"), 3500);
}

/** Put text on the clipboard and say so. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  } catch {
    toast(copiedTheOldWay(text) ? t("copied") : t("notCopied"));
  }
}

/* Without HTTPS browsers offer no clipboard but on loopback. */
function copiedTheOldWay(text) {
  const before = document.activeElement;
  const box = el("textarea", { value: text, class: "away", "aria-hidden": "true" });
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  before?.focus();
  return done;
}

/** Return a function that runs only after it has not been called for a while. */
export function debounced(work, wait) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), wait);
  };
}
