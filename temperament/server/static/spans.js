/* The service counts code points, the browser UTF-16 units: everything about offsets is here. */

/** Return where each code point of a text begins in UTF-16, with the text's length at the end. */
export function units(text) {
  const found = [];
  let at = 0;
  for (const character of text) {
    found.push(at);
    at += character.length;
  }
  found.push(at);
  return found;
}

/** Return spans with `from` and `to` in UTF-16 units beside their `start` and `end` in code points. */
export function placed(text, spans) {
  const at = units(text);
  const last = at.length - 1;
  return spans.map((one) => ({ ...one, from: at[Math.min(one.start, last)], to: at[Math.min(one.end, last)] }));
}

/** Cut a text at all borders of its placed spans: pieces with the spans that cover them. */
export function pieces(text, spans) {
  const borders = new Set([0, text.length]);
  for (const one of spans) if (one.to > one.from) borders.add(one.from).add(one.to);
  const cuts = [...borders].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, index) => ({
    text: text.slice(from, cuts[index + 1]),
    spans: spans.filter((one) => one.from < cuts[index + 1] && one.to > from),
  }));
}

const EDGE = /^[\s，,。.；;、：:！!？?…]+/u;
const GAP = /……|【[^】]*】/u;

/** Put a rewrite into a text in place of a span: the new text and what to select, a gap to fill in if there is one. */
export function rewritten(text, from, to, wording) {
  const old = text.slice(from, to);
  const lead = old === wording ? "" : (EDGE.exec(old)?.[0] ?? "");
  const start = from + (lead.length < old.length ? lead.length : 0);
  const after = text.slice(to);
  const doubled = /[。！？!?]$/u.test(wording) && /^[。！？!?，,；;]/u.test(after);
  const put = doubled ? wording.replace(/[。！？!?]+$/u, "") : wording;
  const joined = to === text.length && from === to && text && !/[\s。！？!?，,；;]$/u.test(text) ? `。${put}` : put;
  return { from: start, to, put: joined, select: gap(joined, start) };
}

/** Return the first gap in words that stand at an offset, as a range in UTF-16 units; `null` without one. */
export function gap(words, at) {
  const found = GAP.exec(words);
  return found && [at + found.index, at + found.index + found[0].length];
}
