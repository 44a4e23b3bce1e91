/* The agent's desk: what is on it, and what happens when something changes. */

import { Failure, get, post } from "./api.js";
import { numbered, showCard } from "./card.js";
import { askLive, askSettings, askTranscript, judge, sendFeedback, settings, showKeys } from "./dialogs.js";
import { copy, el, find, toast, unique } from "./dom.js";
import { LIST, listen } from "./keys.js";
import { Live } from "./live.js";
import { Reply } from "./reply.js";
import { showTurns } from "./talk.js";
import { fill, label, switchLanguage, t } from "./words.js";

const KEPT = "temperament.desk";
const EXAMPLES = {
  angry: "你们说好三天到，现在第九天了！打了五次电话没人接，到底管不管？！今天再不给说法我就打12315！",
  anxious: "不好意思又来打扰，孩子周一开学就要用，我怕来不及，麻烦您帮我催一催可以吗？",
  talk: "客户：你们说好三天到，现在第九天了，到底发没发货？\n客服：您好，请稍等，我帮您查询一下。\n客户：等了半小时了还没查到？！再不处理我就打12315投诉！\n客服：这是物流的问题，我也没办法，您耐心等待吧。\n客户：什么叫没办法？叫你们经理来！",
};

const desk = { id: "", turns: [], analysis: null, guide: null, options: {}, allow: [], live: null };
let round = 0;

const reply = new Reply(() => {
  const reading = desk.guide?.reading;
  const labels = reading && !reading.reason ? { state: reading.state, temperament: reading.temperament, also: reading.also } : null;
  return { ...(labels && { reading: labels }), channel: desk.options.channel || null, allow: desk.allow };
});

const act = {
  put(sentence) {
    reply.put(sentence);
    toast(t("inserted"));
  },
  judge(verdict) {
    const reading = desk.guide?.reading;
    if (!reading) return false;
    if (verdict === "accept") sendFeedback(reading, "accept").catch(alertAbout);
    else judge(reading, verdict);
    return true;
  },
  choose(name, value) {
    desk.options[name] = value;
    changed();
  },
};

/* ---- what was said ---- */

/** A deed that is not begun again while it is being done, so that a key pressed twice sends nothing twice. */
function once(deed) {
  let busy = false;
  return async (...given) => {
    if (busy) return false;
    busy = true;
    try {
      return await deed(...given);
    } finally {
      busy = false;
    }
  };
}

/** Put turns on the desk; live, all of them go to the service in one body and come back as events. Throws `Failure`. */
async function put(turns) {
  if (desk.live) return desk.live.send(turns);
  const entered = Date.now();
  desk.turns.push(...turns.map((one) => ({ ...one, entered })));
  stuck = true;
  changed();
  return undefined;
}

/** The most characters of one turn that the service takes; it counts code points. */
const LONGEST = 20000;

/** Add a turn; false where there is nothing to add, or where the service did not take it, which is then said. */
async function addTurn(speaker, text) {
  const bare = text.trim();
  if (!bare) return false;
  try {
    fits([{ text: bare }]);
    await put([{ speaker, text: bare }]);
  } catch (error) {
    alertAbout(error);
    return false;
  }
  return true;
}

/** Read what was pasted: a whole conversation where the service finds speakers in it, else the words of the customer. */
const take = once(async (text) => {
  const bare = text.trim();
  if (!bare) return false;
  const found = /[\n：:]/.test(text) ? await transcript(text) : null;
  const turns = found?.turns.map(({ speaker, text: said, name, time }) => ({ speaker, text: said, name, time }));
  const all = turns ?? [{ speaker: "customer", text: bare }];
  fits(all);
  await put(all);
  return true;
});

/** Refuse what one turn cannot hold, before it is on the desk; throws `Failure`. */
function fits(turns) {
  const longest = Math.max(0, ...turns.map((one) => [...one.text].length));
  if (longest > LONGEST) throw new Failure(413, t("turnTooLong", longest, LONGEST));
}

async function transcript(text) {
  try {
    return await post("/v1/conversations", { transcript: text });
  } catch (error) {
    if (error instanceof Failure && error.status === 400) return null;
    throw error;
  }
}

function remove(place) {
  desk.turns.splice(place, 1);
  changed();
}

function fresh() {
  const anything = desk.turns.length > 0 || reply.text;
  if (anything && !confirm(t("freshAsk"))) return;
  desk.live?.stop();
  Object.assign(desk, { id: unique(), turns: [], analysis: null, guide: null, allow: [], live: null });
  reply.set("");
  show();
  changed();
  panel("talk");
  find("#first").focus();
}

/* ---- what it means ---- */

/** Read everything again; only the answer to the latest question is shown. */
async function changed() {
  remember();
  const mine = ++round;
  if (!desk.turns.some((one) => one.speaker === "customer")) {
    Object.assign(desk, { analysis: null, guide: null });
    return show();
  }
  if (!desk.analysis) show();
  try {
    const [analysis, guide] = await Promise.all([post("/v1/conversations", whole()), post("/v1/advise", asked())]);
    if (mine !== round) return undefined;
    Object.assign(desk, { analysis, guide: { ...guide.guide, advice: guide.advice, reading: guide.reading } });
    quiet();
    show();
    announce();
    reply.again();
  } catch (error) {
    if (mine === round) alertAbout(error, changed);
  }
  return undefined;
}

function said() {
  return desk.turns.map(({ speaker, text, time }) => ({ speaker, text, time: time ?? "" }));
}

function whole() {
  const store = settings.keep && !desk.live;
  return { id: desk.id, turns: said(), store, agent: settings.agent, channel: desk.options.channel || null };
}

function asked() {
  const { channel, industry, group } = desk.options;
  const facts = settings.agent ? { agent: settings.agent } : {};
  return { history: said(), facts, channel: channel || null, industry: industry || null, group: group || null };
}

function show() {
  const any = desk.turns.length > 0;
  find("#start").hidden = any || Boolean(desk.live);
  find("#next").hidden = !any && !desk.live;
  find("#legend").hidden = !desk.analysis;
  const judged = { judge: (turn) => judge(turn, "correct"), remove: desk.live ? null : remove };
  showTurns(desk.turns, desk.analysis, judged);
  showCard(desk, act);
  const reading = desk.guide?.reading;
  find("#tab-chip").replaceChildren(reading ? el("span", { class: `tag ${reading.state}` }, label(reading.state)) : "");
  toEnd();
}

/* The latest turn stays in sight, unless somebody has scrolled up to read. */
let stuck = true;

function toEnd() {
  const box = find("#talk");
  if (stuck && desk.turns.length) box.scrollTop = box.scrollHeight;
}

function watchEnd() {
  const box = find("#talk");
  box.addEventListener("scroll", () => (stuck = box.scrollHeight - box.scrollTop - box.clientHeight < 120 || !desk.turns.length));
  new ResizeObserver(toEnd).observe(box);
}

let spoken = "";

function announce() {
  const { reading, advice } = desk.guide;
  const text = [`${t("feeling")}${t("chartText", "", label(reading.state))}`, t(reading.confidence.state), `${t("manner")}${t("chartText", "", label(reading.temperament))}`, t(reading.confidence.temperament), advice.escalate.needed ? t("escalateNow", advice.escalate.who.toLowerCase() || t("supervisor")) : ""].filter(Boolean).join("，");
  if (text !== spoken) find("#heard").textContent = text;
  spoken = text;
}

/* ---- what may go wrong ---- */

/** Where asking again changes nothing: no connection is waited for, and what is refused stays refused. */
const USELESS = new Set([0, 400, 413]);

function alertAbout(error, again) {
  if (error.name === "AbortError") return;
  const box = find("#alert");
  const retry = again && !USELESS.has(error.status) && el("button", { type: "button", on: { click: () => again() } }, t("retry"));
  const ask = error.status === 401 && el("button", { type: "button", on: { click: () => askSettings(changed) } }, t("settings"));
  box.replaceChildren(...[error.message, ask || retry].filter(Boolean));
  box.hidden = false;
  if (error.retry && again) setTimeout(again, error.retry * 1000);
}

function quiet() {
  find("#alert").hidden = true;
}

document.addEventListener("service", ({ detail: back }) => {
  if (!back) return alertAbout({ status: 0, message: t("away") });
  quiet();
  toast(t("back"));
  if (desk.turns.length) changed();
  return reply.again();
});

/* ---- live ---- */

/** Follow a conversation, or a new one; the desk is emptied only once there is one to follow. Throws `Failure`. */
const goLive = once(async (id) => {
  if (id) await get(`/v1/conversations/${encodeURIComponent(id)}`);
  if (desk.turns.length && !confirm(t("freshAsk"))) return false;
  const number = id || (await Live.make({ agent: settings.agent, store: settings.keep, channel: desk.options.channel || null }));
  desk.live?.stop();
  Object.assign(desk, { id: number, turns: [], analysis: null, guide: null });
  desk.live = new Live(number, {
    turn(turn) {
      desk.turns.push({ speaker: turn.speaker, text: turn.text, name: turn.name, time: turn.time, entered: Date.now() });
      changed();
    },
    back: () => liveState("liveOn"),
    lost: () => liveState("liveLost"),
    ended(error) {
      desk.live = null;
      liveState(null);
      if (error) alertAbout(error);
      else toast(t("liveGone"));
      show();
    },
  });
  desk.live.run();
  changed();
  return true;
});

function liveState(name) {
  const box = find("#live");
  box.hidden = !name;
  if (!name) return;
  const end = el("button", { type: "button", class: "plain", on: { click: hangUp } }, t("liveEnd"));
  const address = `${location.origin}${desk.live?.path ?? ""}/turns`;
  const where = el("button", { type: "button", class: "plain", title: `${t("livePost")} POST ${address}`, on: { click: () => copy(address) } }, t("copy"), " URL");
  box.className = name === "liveOn" ? "live on" : "live";
  box.replaceChildren(t(name), where, end);
}

function hangUp() {
  desk.live?.stop();
  desk.live = null;
  liveState(null);
  show();
}

/* ---- keeping it over a reload, in this tab only ---- */

function remember() {
  try {
    const { id, turns, options, allow } = desk;
    sessionStorage.setItem(KEPT, JSON.stringify({ id, turns, options, allow, draft: reply.text }));
  } catch {
    /* a full or forbidden storage costs the page nothing but this */
  }
}

function recall() {
  try {
    const { draft, ...rest } = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    Object.assign(desk, rest);
    if (draft) reply.set(draft);
  } catch {
    sessionStorage.removeItem(KEPT);
  }
  desk.id ||= unique();
}

/* ---- hands ---- */

function panel(name) {
  document.body.dataset.panel = name;
  for (const one of document.querySelectorAll(".tabs button")) one.setAttribute("aria-pressed", String(one.dataset.panel === name));
}

const record = once(async () => {
  const { text } = reply;
  if (!(await addTurn("agent", text))) return;
  if (reply.text === text) reply.set("");
  remember();
  toast(t("recorded"));
});

async function readFirst() {
  const box = find("#first");
  const text = box.value;
  try {
    if (await take(text)) {
      if (box.value === text) box.value = "";
      reply.focus();
      find("#reply").scrollIntoView({ block: "nearest" });
    }
  } catch (error) {
    alertAbout(error, readFirst);
  }
}

const addSaid = once(async () => {
  const box = find("#said");
  const text = box.value;
  if ((await addTurn("customer", text)) && box.value === text) box.value = "";
});

function sentence(number) {
  return desk.guide && numbered(desk.guide.advice)[number - 1];
}

const deeds = {
  reply: () => find("#reply").focus(),
  customer: () => (panel("talk"), (find("#start").hidden ? find("#said") : find("#first")).focus()),
  say: (number) => (sentence(number) ? act.put(sentence(number).text) : false),
  copy: (number) => (sentence(number) ? void copy(sentence(number).text) : false),
  next: () => reply.next(),
  takeFirst: () => reply.takeFirst(),
  enterHint: () => reply.enterHint(),
  paste: () => askTranscript(take),
  judge: () => act.judge("correct"),
  language: switchLanguage,
  fresh,
  help: () => showKeys(LIST),
  send(target) {
    const send = { first: readFirst, said: addSaid, reply: record }[target.id];
    return send ? send() : false;
  },
  escape(target) {
    if (!reply.hide()) target.blur?.();
  },
};

function wire() {
  const click = {
    "#read": readFirst, "#listen": () => askLive(goLive), "#listen-too": () => askLive(goLive), "#paste": deeds.paste, "#fresh": fresh,
    "#settings": () => askSettings(changed), "#help": deeds.help, "#language": switchLanguage, "#record": record,
    "#copy-reply": () => reply.text && copy(reply.text),
  };
  for (const [selector, deed] of Object.entries(click)) find(selector).addEventListener("click", deed);
  for (const tab of document.querySelectorAll(".tabs button")) tab.addEventListener("click", () => panel(tab.dataset.panel));
  for (const chip of document.querySelectorAll("[data-example]")) chip.addEventListener("click", () => take(EXAMPLES[chip.dataset.example]).catch(alertAbout));
  find("#next").addEventListener("submit", (event) => (event.preventDefault(), addSaid()));
  find("#said").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    addSaid();
  });
  find("#reply").addEventListener("change", remember);
  addEventListener("pagehide", remember);
  listen(deeds);
}

document.addEventListener("language", () => {
  document.title = t("title");
  find("#language").lang = document.documentElement.lang === "en" ? "zh-CN" : "en";
  spoken = "";
  if (desk.live) liveState("liveOn");
  show();
  if (desk.turns.length) changed();
  reply.again();
});

fill();
document.title = t("title");
recall();
wire();
watchEnd();
show();
if (desk.turns.length) changed();
