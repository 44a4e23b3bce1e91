/* The conversation on the left: every turn with what it shows. */

import { el, find } from "./dom.js";
import { agentWords, customerWords } from "./marking.js";
import { placed } from "./spans.js";
import { figure, label, span, t } from "./words.js";

/** Return the chips of a reading: state, further states, manner, each with how sure it is. */
export function chips(reading) {
  const { state, temperament, confidence, also, reason } = reading;
  if (reason) return [el("span", { class: "tag unsure" }, t(`why_${reason}`))];
  const name = figure(temperament);
  return [
    el("span", { class: `tag ${state} ${sureness(confidence.state)}` }, label(state), small(t(confidence.state))),
    ...also.map((one) => el("span", { class: `tag light ${one}` }, `${t("also")} ${label(one)}`)),
    el(
      "span",
      { class: `tag manner ${sureness(confidence.temperament)}`, title: `${t("manner")}${t("chartText", "", t("mannerNote"))}` },
      el("span", { class: "sr" }, t("chartText", t("manner"), "")),
      label(temperament) + (name ? ` · ${name}` : ""),
      small(t(confidence.temperament)),
    ),
  ];
}

function small(text) {
  return el("small", {}, text);
}

function sureness(band) {
  return band === "low" ? "unsure" : "";
}

/** Show the turns: the analysed ones as they were read, later ones plain. `act` has remove(place) and judge(turn). */
export function showTurns(turns, analysis, act) {
  const turning = new Map((analysis?.turning_points ?? []).map((one) => [one.turn, one.direction]));
  const shown = turns.map((turn, place) => {
    const read = analysis?.turns[place];
    const same = read && read.text === turn.text;
    return item(same ? { ...turn, ...read } : turn, place, turning.get(place + 1), act);
  });
  find("#turns").replaceChildren(...shown);
}

function item(turn, place, direction, act) {
  const body = { customer: customerTurn, agent: agentTurn }[turn.speaker] ?? otherTurn;
  return el(
    "li",
    { class: `turn ${turn.speaker} ${turn.state ?? ""}` },
    direction && el("p", { class: `turning ${direction}` }, t(direction)),
    el("div", { class: "who" }, el("b", {}, turn.name || t(turn.speaker)), el("span", { class: "quiet" }, t("turnNumber", place + 1)),
      turn.time && el("time", { class: "quiet" }, turn.time), ...buttons(turn, place, act)),
    ...body(turn),
  );
}

function buttons(turn, place, act) {
  const judge = turn.speaker === "customer" && turn.confidence && !turn.reason;
  return [
    judge && el("button", { type: "button", class: "tiny", "aria-label": t("judge", place + 1), on: { click: () => act.judge(turn) } }, t("judgeShort")),
    act.remove && el("button", { type: "button", class: "tiny", "aria-label": t("remove", place + 1), title: t("remove", place + 1), on: { click: () => act.remove(place) } }, "×"),
  ];
}

function customerTurn(turn) {
  if (!turn.confidence) return [el("p", { class: "said" }, turn.text)];
  const under = [
    ...new Set(turn.signals.map((one) => one.name)),
  ].map((name) => el("span", { class: "alarm" }, name));
  if (turn.repeats) under.push(el("span", {}, t("repeats", turn.repeats)));
  return [
    el("p", { class: "said" }, ...customerWords(turn)),
    el("p", { class: "tags" }, ...chips(turn), ...under),
  ];
}

function agentTurn(turn) {
  const all = turn.findings ?? [];
  const findings = all.filter((one) => one.end > one.start);
  const spans = placed(turn.text, findings).map((one) => ({ ...one, tip: one.message }));
  const facts = [];
  if (turn.answered !== null && turn.answered !== undefined) facts.push(el("span", {}, t("answered", span(turn.answered * 60))));
  if (turn.trust) facts.push(el("span", { class: turn.trust.late ? "alarm" : "" }, t("trustOf", Math.round(turn.trust.score))));
  return [
    el("p", { class: "said" }, ...agentWords(turn.text, spans)),
    facts.length > 0 && el("p", { class: "tags" }, ...facts),
    findings.length > 0 && el("details", { class: "found" }, el("summary", {}, t("findingsIn", findings.length)),
      el("ul", {}, ...findings.map((one) => el("li", {}, el("b", { class: one.level }, `“${one.text}”`), ` ${one.message}`)))),
  ].filter(Boolean);
}

function otherTurn(turn) {
  return [el("p", { class: "said" }, turn.text)];
}
