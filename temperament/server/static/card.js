/* The strategy card on the right. */

import { clock } from "./clock.js";
import { copy, el, find } from "./dom.js";
import { FIGURES, figure, has, label, sourceName, span, t } from "./words.js";

const SENTENCES = 5;
const INDUSTRIES = ["hotel", "property", "food"];
const GROUPS = ["easygoing", "stubborn", "forceful", "vain", "irritable"];
const CHANNELS = ["phone", "face", "chat", "letter"];

/** Show what there is to do; `act` has put(sentence), judge(verdict) and choose(name, value). */
export function showCard(desk, act) {
  const open = openDetails();
  const card = find("#card");
  const view = desk.guide;
  card.replaceChildren(...(view ? whole(view, desk, act) : nothing()));
  find("#say").replaceChildren(...(view ? sentences(view.advice, act) : []));
  find("#say").hidden = !view;
  for (const one of document.querySelectorAll(".side details[data-key]")) if (open.has(one.dataset.key)) one.open = true;
  clock.show(view, desk);
}

function openDetails() {
  return new Set([...document.querySelectorAll(".side details[open][data-key]")].map((one) => one.dataset.key));
}

function nothing() {
  return [el("div", { class: "empty" }, el("div", { class: "glyph", "aria-hidden": "true" }, "策"), el("h2", {}, t("cardEmptyHead")), el("p", {}, t("cardEmpty")))];
}

function whole(view, desk, act) {
  const { advice, reading } = view;
  return [
    head(reading, desk.analysis, act),
    escalation(advice.escalate, act),
    el("section", { class: "time", id: "time" }),
    principle(advice),
    steps(view),
    avoided(advice, act),
    questions(advice, act),
    promises(desk.analysis),
    deeper(view, desk, act),
    sources(advice),
  ].filter(Boolean);
}

function head(reading, analysis, act) {
  const name = figure(reading.temperament);
  const unread = reading.reason && t(`why_${reading.reason}`);
  return el("section", { class: `head ${reading.state}` },
    el("div", { class: "glyph", "aria-hidden": "true" }, FIGURES[reading.temperament][0]),
    el("div", { class: "read" },
      fact(t("feeling"), [el("b", { class: `feeling ${reading.state}` }, label(reading.state)), sure(reading.confidence.state),
        reading.also.length > 0 && el("span", { class: "quiet" }, `${t("also")} ${reading.also.map(label).join("、")}`)]),
      fact(t("manner"), [el("b", {}, label(reading.temperament) + (name ? ` · ${name}` : "")), sure(reading.confidence.temperament),
        running(reading, analysis)]),
      el("div", { class: "about" }, el("span", { class: "quiet" }, unread || t("mannerNote")),
        el("span", { class: "judge", role: "group", "aria-label": t("judgeRow") }, ...VERDICTS.map((one) => verdict(one, act))))));
}

const VERDICTS = [["accept", "rightReading"], ["correct", "correct", "E"], ["dispute", "dispute"]];

function verdict([id, name, key], act) {
  return el("button", { type: "button", id, class: "tiny", on: { click: () => act.judge(id) } }, t(name), key && el("kbd", {}, key));
}

/* What all turns together say, where that is something else. */
function running(reading, analysis) {
  const whole = analysis?.manner;
  if (!whole || whole.turns < 2 || whole.temperament === reading.temperament) return null;
  return el("span", { class: "quiet" }, t("wholeManner", label(whole.temperament), whole.turns));
}

function fact(name, values) {
  return el("p", { class: "fact" }, el("span", { class: "name" }, name), el("span", { class: "values" }, ...values.filter(Boolean)));
}

function sure(band) {
  return el("span", { class: `sure ${band}` }, t(band));
}

function escalation(one, act) {
  if (!one.needed) return el("section", { class: "stay" }, el("p", { class: "quiet" }, el("b", {}, t("escalateNot")), t("chartText", "", one.reason)));
  return el("section", { class: "escalate", role: "note" },
    el("h2", {}, t("escalateNow", one.who.toLowerCase() || t("supervisor"))),
    el("p", { class: "reason", title: one.reason }, one.reason),
    details("hand", t("howToHand"),
      el("p", { class: "whole" }, one.reason),
      one.tell && el("p", {}, el("b", {}, t("handOver")), " ", one.tell),
      el("p", {}, el("b", {}, t("tellCustomer"))), ...one.say.map((said) => line(said, act))));
}

function principle(advice) {
  return el("section", { class: "principle" },
    el("h2", {}, t("principle"), " ", source(advice.principle.source)),
    el("p", { class: "main" }, advice.principle.text),
    el("p", { class: "pace" }, el("b", {}, `${t("pace")}${t("chartText", "", t(advice.pace))}`), " ", advice.pace_note,
      advice.longest_silence ? ` ${t("silence", advice.longest_silence)}` : ""));
}

function steps(view) {
  const { advice, next_step } = view;
  const done = new Map(advice.done.map((one) => [one.step, one.words]));
  return el("section", { class: "steps" },
    el("h2", {}, t("nowStep", advice.present, advice.steps.length), " ", source(advice.steps[advice.present - 1]?.source)),
    el("p", { class: "main" }, advice.steps[advice.present - 1]?.text ?? ""),
    el("p", { class: "following" }, el("b", {}, next_step ? t("nextStep") : t("lastStep")), next_step && ` ${next_step}`),
    details("steps", t("allSteps"),
      el("ol", {}, ...advice.steps.map((one, place) => step(one, place + 1, advice.present, done)))));
}

function step(one, number, present, done) {
  const words = done.get(number);
  const mark = words !== undefined ? `✓ ${t("stepDone")}` : number === present ? t("stepNow") : "";
  return el("li", { class: words !== undefined ? "done" : "", "aria-current": number === present ? "step" : undefined },
    mark && el("b", {}, mark, words ? ` “${words}” ` : " "), one.text);
}

/** Return the sentences under the number keys: what to say now, then those of the present step. */
export function numbered(advice) {
  const wanted = [...advice.now, ...advice.say.filter((one) => one.step === advice.present), ...advice.say.filter((one) => one.step === 0)];
  const seen = new Set();
  return wanted.filter((one) => !seen.has(one.text) && seen.add(one.text)).slice(0, SENTENCES);
}

function sentences(advice, act) {
  const first = numbered(advice);
  const rest = advice.say.filter((one) => !first.some((other) => other.text === one.text));
  return [
    el("h2", {}, t("say"), el("small", { class: "quiet hide-small" }, ` ${t("sayHint")}`)),
    el("ol", { class: "lines" }, ...first.map((one, place) => el("li", {}, line(one, act, place + 1)))),
    rest.length > 0 && details("say", t("more", rest.length), el("ul", { class: "lines" }, ...rest.map((one) => el("li", {}, line(one, act))))),
  ].filter(Boolean);
}

function line(one, act, number) {
  const part = one.part && has(`part_${one.part}`) ? t(`part_${one.part}`) : one.step ? t("sayStep", one.step) : "";
  return el("div", { class: "line" },
    el("button", { type: "button", class: "sentence", title: t("insert"), "data-number": number, on: { click: () => act.put(one.text) } },
      number && el("kbd", {}, String(number)),
      el("span", {}, part && el("small", { class: "part" }, part), el("span", { lang: "zh-CN" }, one.text), gloss(one))),
    el("button", { type: "button", class: "tiny", "aria-label": `${t("copy")}${t("chartText", "", one.text)}`, on: { click: () => copy(one.text) } }, t("copy")));
}

function gloss(one) {
  return document.documentElement.lang === "en" && one.meaning ? el("small", { class: "gloss" }, one.meaning) : null;
}

function avoided(advice, act) {
  const [first, rest] = [advice.avoid.slice(0, 3), advice.avoid.slice(3)];
  if (!first.length) return null;
  const list = (items) => el("ul", { class: "avoid" }, ...items.map((one) => avoid(one, act)));
  return el("section", {}, el("h2", {}, t("avoid")), list(first), rest.length > 0 && details("avoid", t("more", rest.length), list(rest)));
}

function avoid(one, act) {
  return el("li", {}, el("p", { class: `phrase ${one.level}`, lang: "zh-CN" }, one.phrase), el("p", { class: "quiet" }, one.why),
    ...one.instead.slice(0, 2).map((said) => el("button", { type: "button", class: "better", on: { click: () => act.put(said.text) } },
      el("small", {}, t("instead")), " ", el("span", { lang: "zh-CN" }, said.text), gloss(said))));
}

function questions(advice, act) {
  if (!advice.ask.length) return null;
  return el("section", {}, el("h2", {}, t("ask")),
    el("div", { class: "asks" }, ...advice.ask.map((one) => el("button", { type: "button", class: "chip", title: one.text, on: { click: () => act.put(one.text) } }, one.name))));
}

function promises(analysis) {
  const made = analysis?.promises ?? [];
  if (!made.length) return null;
  const kept = (one) => (one.kept === null ? "open" : one.kept ? "kept" : "broken");
  return el("section", {}, el("h2", {}, t("promises")), el("ul", { class: "plain-list" }, ...made.map((one) =>
    el("li", {}, `“${one.text}” `, el("span", { class: `sure ${kept(one)}` }, t(kept(one))), one.within ? ` ${span(one.within * 60)}` : ""))));
}

function deeper(view, desk, act) {
  const { advice } = view;
  const list = (items) => el("ul", {}, ...items.map((one) => el("li", {}, one.text, " ", source(one.source))));
  return el("section", { class: "deeper" },
    advice.tuning.length > 0 && details("tuning", t("tuning"), list(advice.tuning)),
    details("stages", t("stages"), el("ol", { class: "stages" }, ...view.stages.map((one) =>
      el("li", { class: one.place, "aria-current": one.place === "present" ? "step" : undefined, title: one.done_when }, one.name))),
      el("p", { class: "quiet" }, view.reason), el("h3", {}, t("duties")), list(view.duties)),
    advice.notes.length > 0 && details("notes", t("notes"), list(advice.notes)),
    advice.causes.length > 0 && details("causes", t("causes"), el("ul", {}, ...advice.causes.map((one) =>
      el("li", {}, one.side && el("b", {}, t(`side_${one.side}`)), " ", one.text)))),
    el("div", { class: "pair" }, choice("channel", CHANNELS, desk, act), choice("industry", INDUSTRIES, desk, act), choice("group", GROUPS, desk, act, advice.near_groups)),
    !advice.group && advice.near_groups.length > 0 && el("p", { class: "quiet" }, t("nearNote")));
}

function choice(name, values, desk, act, near = []) {
  const named = (one) => (one ? t(one) + (near.includes(one) ? ` · ${t("near")}` : "") : t("any"));
  const choose = (event) => act.choose(name, event.target.value);
  return el("label", {}, el("span", {}, t(name)), el("select", { name, on: { change: choose } },
    ...["", ...values].map((one) => el("option", { value: one, selected: one === (desk.options[name] ?? "") }, named(one)))));
}

function sources(advice) {
  return details("sources", t("sources", advice.sources.length), el("p", { class: "quiet" }, advice.sources.map(sourceName).join("；")));
}

function source(text) {
  return text ? el("small", { class: "source" }, sourceName(text)) : null;
}

function details(key, name, ...inside) {
  return el("details", { "data-key": key }, el("summary", {}, name), ...inside);
}
