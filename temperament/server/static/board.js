/* The team leads' board: what the stored cases of a day add up to. */

import { get, post } from "./api.js";
import { bars } from "./charts.js";
import { askKey } from "./dialogs.js";
import { el, find, toast } from "./dom.js";
import { fill, label, language, span, switchLanguage, t } from "./words.js";

const EVERY = 30000;
const SHOWN = 6;
let board = null;

async function load() {
  try {
    board = await (await get(`/v1/board${query()}`)).json();
    find("#alert").hidden = true;
    show();
    const time = new Date().toLocaleTimeString(language() === "zh" ? "zh-CN" : "en-GB");
    find("#updated").textContent = t("updated", time);
  } catch (error) {
    failed(error);
  }
}

function query(more = {}) {
  const day = find("#day").value;
  const asked = new URLSearchParams({ ...(day && { day }), ...more }).toString();
  return asked && `?${asked}`;
}

function failed(error) {
  const box = find("#alert");
  const key = error.status === 401 && el("button", { type: "button", on: { click: () => askKey(load) } }, t("settings"));
  box.replaceChildren(error.message, key || el("button", { type: "button", on: { click: load } }, t("retry")));
  box.hidden = false;
}

function show() {
  if (!board) return;
  const day = find("#day").value;
  find("#head").textContent = day && day !== today() ? t("boardOf", day) : t("boardHead");
  tiles();
  fillIn("#waiting", board.waiting, waiting, "noWaiting");
  fillIn("#due", board.due, due, "noDue");
  fillIn("#states", board.cases ? board.states : [], (rows) => chart("states", rows), "noCases");
  fillIn("#temperaments", board.cases ? board.temperaments : [], (rows) => chart("temperaments", rows, "manner"), "noCases");
  fillIn("#rising", board.rising, rising, "noRising");
  fillIn("#agents", board.agents, agents, "none");
  fillIn("#findings", board.findings, findings, "noFindings");
}

function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}

function fillIn(selector, rows, draw, empty) {
  const box = find(selector);
  const open = box.querySelector("details")?.open ?? false;
  box.replaceChildren(rows.length ? draw(rows) : el("p", { class: "nothing" }, t(empty)));
  const more = box.querySelector("details");
  if (more) more.open = open;
}

function tiles() {
  const wrong = board.findings.filter((one) => one.level !== "suggestion").reduce((sum, one) => sum + one.count, 0);
  const numbers = [["tileCases", board.cases], ["tileWaiting", board.waiting.length, board.waiting.length > 0], ["tileRising", board.rising.length], ["tileFindings", wrong]];
  find("#tiles").replaceChildren(...numbers.map(([name, value, alarm]) =>
    el("div", { class: alarm ? "alarm" : "" }, el("dt", {}, t(name)), el("dd", {}, String(value)))));
}

function chart(name, rows, kind) {
  return bars(t(name), rows.map((one) => ({ name: one.name, value: one.cases, kind: kind ?? one.label })));
}

function rising(rows) {
  return bars(t("rising"), rows.slice(0, 8).map((one) => ({ name: one.name, value: one.today, usual: one.usual })));
}

function table(heads, rows) {
  const cell = ([value, number]) => el("td", { class: number ? "num" : "" }, value);
  return el("div", { class: "scroll", tabIndex: 0, role: "group", "aria-label": heads[0][0] }, el("table", {},
    el("thead", {}, el("tr", {}, ...heads.map(([name, number]) => el("th", { class: number ? "num" : "", scope: "col" }, name)))),
    el("tbody", {}, ...rows.map(([first, ...rest]) => el("tr", {}, el("th", { scope: "row" }, first), ...rest.map(cell))))));
}

function agents(rows) {
  const heads = [[t("agents")], [t("cases"), true], [t("mustFix"), true], [t("tileWaiting"), true]];
  const number = (value) => [String(value), true];
  return table(heads, rows.map((one) => [one.agent || t("unnamed"), number(one.cases), number(one.findings), number(one.waiting)]));
}

function findings(rows) {
  const heads = [[t("words")], [t("level")], [t("times"), true], [t("agents")]];
  return table(heads, rows.map((one) => [
    el("span", {}, el("b", { class: one.level, lang: "zh-CN" }, `“${one.example}”`), el("br"), el("span", { class: "quiet" }, one.message)),
    [t(one.level)],
    [String(one.count), true],
    [one.agents.join("、") || t("unnamed")],
  ]));
}

function due(rows) {
  const heads = [[t("dueWhen")], [t("dueCase")], [t("dueWhat")], [t("words")]];
  return table(heads, rows.map((one) => [
    el("b", { class: one.late > 0 ? "error" : "warning" }, t(one.late > 0 ? "dueLate" : "dueLeft", span(Math.max(1, Math.abs(one.late)) * 60))),
    [one.record, true],
    [el("span", {}, el("b", {}, one.name), one.escalate && el("span", { class: "alarm" }, ` ${t("tileWaiting")}`), el("br"), el("span", { class: "quiet" }, one.do))],
    [el("span", { lang: "zh-CN" }, one.text)],
  ]));
}

function waiting(rows) {
  const [first, rest] = [rows.slice(0, SHOWN), rows.slice(SHOWN)];
  const list = (some) => el("ol", { class: "cases" }, ...some.map(waitingCase));
  return el("div", {}, list(first), rest.length > 0 && el("details", {}, el("summary", {}, t("more", rest.length)), list(rest)));
}

function waitingCase(one) {
  const minutes = Math.max(1, Math.floor((Date.now() - Date.parse(one.began)) / 60000));
  const facts = [
    el("span", { class: `tag ${one.state}` }, label(one.state)),
    el("span", { class: "tag manner" }, label(one.temperament)),
    ...one.signals.map((signal) => el("span", { class: "alarm" }, signal.name)),
    el("span", {}, t("waitingSince", span(minutes * 60))),
    one.agent && el("span", {}, one.agent),
  ];
  return el("li", {}, el("div", {}, el("p", { class: "words", lang: "zh-CN" }, one.text), el("p", { class: "tags" }, ...facts)),
    el("button", { type: "button", "aria-label": t("handleOf", one.text), on: { click: () => handled(one) } }, t("handle")));
}

async function handled(one) {
  try {
    await post(`/v1/cases/${encodeURIComponent(one.id)}/handled`, {});
    toast(t("handledDone"));
    await load();
  } catch (error) {
    failed(error);
  }
}

async function save() {
  try {
    const answer = await get(`/v1/board${query({ format: "xlsx" })}`);
    const address = URL.createObjectURL(await answer.blob());
    const link = el("a", { href: address, download: `temperament-${board?.day ?? today()}.xlsx` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  } catch (error) {
    failed(error);
  }
}

fill();
document.title = t("boardTitle");
find("#day").value = today();
find("#day").max = today();
find("#day").addEventListener("change", load);
find("#refresh").addEventListener("click", load);
find("#export").addEventListener("click", save);
find("#settings").addEventListener("click", () => askKey(load));
find("#language").addEventListener("click", switchLanguage);
document.addEventListener("language", () => {
  document.title = t("boardTitle");
  find("#language").lang = language() === "en" ? "zh-CN" : "en";
  show();
  load();
});
document.addEventListener("service", ({ detail: back }) => back && load());
setInterval(() => document.hidden || load(), EVERY);
load();
