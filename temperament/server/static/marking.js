/* Words with marks on them: what the reading rests on, signals, and what the checker found. */

import { el } from "./dom.js";
import { pieces, placed } from "./spans.js";
import { STATES, label, t } from "./words.js";

const GRAVE = ["error", "warning", "suggestion"];

/** Return the customer's words as nodes: evidence by label, signals of escalation. */
export function customerWords(turn) {
  const signals = (turn.signals ?? []).map((one) => ({ ...one, signal: true }));
  const spans = placed(turn.text, [...(turn.evidence ?? []), ...signals]);
  return pieces(turn.text, spans).map((piece) => marked(piece, evidenceMark));
}

function evidenceMark(spans) {
  const labels = [...new Set(spans.filter((one) => one.label).map((one) => one.label))];
  const signals = spans.filter((one) => one.signal);
  const kinds = labels.map((one) => (STATES.includes(one) ? `state ${one}` : "manner"));
  const said = labels.map((one) => `${t("evidence")}${t("chartText", "", label(one))}`);
  const tips = [...said, ...signals.map((one) => `${t("signal")}${t("chartText", "", one.name)}`)];
  return { class: ["ev", ...kinds, signals.length ? "signal" : ""].join(" ").trim(), title: tips.join("\n") };
}

/** Return an agent's words as nodes, with what should be said otherwise underlined; spans are placed already. */
export function agentWords(text, spans) {
  return pieces(text, spans.filter((one) => one.to > one.from)).map((piece) => marked(piece, findingMark));
}

function findingMark(spans) {
  const worst = spans.reduce((one, other) => (GRAVE.indexOf(other.level) < GRAVE.indexOf(one.level) ? other : one));
  return { class: `finding ${worst.level}`, "data-place": String(worst.place ?? 0), title: worst.tip };
}

function marked(piece, look) {
  return piece.spans.length ? el("mark", look(piece.spans), piece.text) : piece.text;
}
