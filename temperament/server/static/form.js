/* The record form on screen: fields as the playbook has them, one case a form. */

import { get, post } from "./api.js";
import { askKey } from "./dialogs.js";
import { el, find, toast } from "./dom.js";
import { fill, label, language, switchLanguage, t } from "./words.js";

const CHANNELS = ["phone", "face", "chat", "letter"];
const TRADES = ["hotel", "property", "food"];
const form = find("#record");

async function load() {
  const held = values();
  try {
    const trade = form.industry.value;
    const asked = await (await get(`/v1/forms${trade && `?industry=${trade}`}`)).json();
    find("#alert").hidden = true;
    find("#fields").replaceChildren(...asked.fields.map((one) => field(one, held[one.key])));
  } catch (error) {
    failed(error, load);
  }
}

function field(one, held) {
  const input = el("input", { name: `field-${one.key}`, maxLength: 2000, autocomplete: "off", value: held ?? "" });
  const note = el("small", { lang: "zh-CN" }, one.personal ? `${one.ask} ${t("recordTaken")}` : one.ask);
  return el("label", {}, el("span", {}, `${one.name}${one.required ? " *" : ""}`), input, note);
}

function values() {
  const inputs = [...find("#fields").querySelectorAll("input")];
  return Object.fromEntries(inputs.filter((one) => one.value.trim()).map((one) => [one.name.slice(6), one.value.trim()]));
}

function choices(select, names) {
  const chosen = select.value;
  select.replaceChildren(el("option", { value: "" }, "–"), ...names.map((one) => el("option", { value: one }, t(one))));
  select.value = chosen;
}

function failed(error, again) {
  const box = find("#alert");
  const key = error.status === 401 && el("button", { type: "button", on: { click: () => askKey(again) } }, t("settings"));
  box.replaceChildren(error.message, key || el("button", { type: "button", on: { click: again } }, t("retry")));
  box.hidden = false;
}

async function send(event) {
  event?.preventDefault();
  const body = { text: form.text.value, customer: form.customer.value, agent: form.agent.value, fields: values() };
  for (const name of ["channel", "industry"]) if (form[name].value) body[name] = form[name].value;
  try {
    const made = await post("/v1/records", body);
    find("#alert").hidden = true;
    form.reset();
    await load();
    tell(made);
  } catch (error) {
    failed(error, send);
  }
}

function tell(made) {
  const clock = (time) => new Date(time).toLocaleString(language() === "zh" ? "zh-CN" : "en-GB", { dateStyle: "short", timeStyle: "short" });
  const box = find("#done");
  const dues = made.due.map((one) => el("li", {}, el("b", {}, one.name), ` ${clock(one.due)}`));
  const lacking = made.wanted.length > 0 && el("p", { class: "quiet" }, t("recordWanted", made.wanted.map((one) => one.name).join(language() === "zh" ? "、" : ", ")));
  const tags = el("p", { class: "tags" }, el("span", { class: `tag ${made.state}` }, label(made.state)), ...made.topics.map((one) => el("span", { class: "tag" }, one)));
  box.replaceChildren(...[el("h2", {}, t("recordDone", made.id)), tags, el("ul", {}, ...dues), lacking].filter(Boolean));
  box.hidden = false;
  toast(t("recordDone", made.id));
}

function speak() {
  document.title = t("formTitle");
  choices(form.industry, TRADES);
  choices(form.channel, CHANNELS);
}

fill();
speak();
find("#language").lang = language() === "en" ? "zh-CN" : "en";
form.addEventListener("submit", send);
form.industry.addEventListener("change", load);
find("#settings").addEventListener("click", () => askKey(load));
find("#language").addEventListener("click", switchLanguage);
document.addEventListener("language", () => {
  speak();
  find("#language").lang = language() === "en" ? "zh-CN" : "en";
  find("#done").hidden = true;
  load();
});
load();
