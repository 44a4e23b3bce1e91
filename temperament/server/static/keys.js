/* The keyboard. Single keys work outside of fields and can be switched off; those with Alt, Ctrl or F8 work anywhere. */

import { settings } from "./dialogs.js";

export const LIST = [
  [["R"], "k_reply"],
  [["C"], "k_customer"],
  [["1", "…", "5"], "k_say"],
  [["Shift", "1", "…", "5"], "k_copy"],
  [["F8"], "k_next"],
  [["Alt", "⏎"], "k_apply"],
  [["Ctrl", "⏎"], "k_record"],
  [["P"], "k_paste"],
  [["E"], "k_judge"],
  [["L"], "k_language"],
  [["N"], "k_fresh"],
  [["Esc"], "k_escape"],
  [["?"], "k_help"],
];

/** Listen; `act` has a function for each deed, which returns false where there was nothing to do. */
export function listen(act) {
  addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const deed = anywhere(event, act) ?? (settings.keys && !typing(event.target) ? single(event, act) : null);
    if (deed && deed() !== false) event.preventDefault();
  });
}

function typing(target) {
  return target.matches?.("input, textarea, select, [contenteditable]");
}

function digit(event) {
  return /^(?:Digit|Numpad)([1-5])$/.exec(event.code)?.[1] ?? null;
}

function anywhere(event, act) {
  if (event.key === "F8") return act.next;
  if (event.key === "Escape") return () => act.escape(event.target);
  if (event.altKey && event.key === "Enter") return act.takeFirst;
  if (event.altKey && event.key === "ArrowDown" && event.target.id === "reply") return act.enterHint;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return () => act.send(event.target);
  if (event.altKey && digit(event)) return () => act.say(Number(digit(event)));
  return null;
}

function single(event, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const number = digit(event);
  if (number) return () => (event.shiftKey ? act.copy : act.say)(Number(number));
  const deeds = { r: act.reply, c: act.customer, p: act.paste, e: act.judge, l: act.language, n: act.fresh, "?": act.help };
  return deeds[event.key.length === 1 ? event.key.toLowerCase() : ""] ?? null;
}
