/* The reply box: checked as one types, findings underlined, rewrites offered and never applied by themselves. */

import { post } from "./api.js";
import { debounced, el, find, toast } from "./dom.js";
import { agentWords } from "./marking.js";
import { gap, placed, rewritten } from "./spans.js";
import { sourceName, t } from "./words.js";

const PAUSE = 250;
const REWRITES = 3;
const LINGER = 250;
const PLACEHOLDER = "placeholder";

export class Reply {
  #box = find("#reply");
  #mirror = find("#mirror");
  #list = find("#findings");
  #status = find("#checked");
  #hint = find("#hint");
  #context;
  #found = [];
  #text = "";
  #asked = null;
  #shown = null;
  #leaving = 0;
  #open = "";
  #later = debounced(() => this.check(), PAUSE);

  /** `context` returns what the reply answers: reading, channel, and phrases that may be said. */
  constructor(context) {
    this.#context = context;
    this.#box.addEventListener("input", () => this.#edited());
    this.#box.addEventListener("scroll", () => (this.#mirror.scrollTop = this.#box.scrollTop));
    this.#box.addEventListener("mousemove", (event) => this.#over(event));
    this.#box.addEventListener("mouseleave", () => this.#leave());
    this.#hint.addEventListener("mouseenter", () => clearTimeout(this.#leaving));
    this.#hint.addEventListener("mouseleave", () => this.#leave());
    addEventListener("resize", () => this.hide());
  }

  get text() {
    return this.#box.value;
  }

  /** Replace everything, as one edit. */
  set(text) {
    this.#box.value = text;
    this.#edited();
  }

  focus() {
    this.#box.focus();
  }

  /** Put a sentence in at the end of what is there, and select its first gap. */
  put(sentence) {
    const value = this.#box.value;
    const between = value && !/[\s。！？!?，,；;：:]$/u.test(value) ? "。" : "";
    this.#replace(value.length, value.length, between + sentence, gap(sentence, value.length + between.length));
    return between + sentence;
  }

  /** Ask for findings now; an answer that is no longer wanted is dropped. */
  async check() {
    this.#asked?.abort();
    const text = this.#box.value;
    if (!text.trim()) return this.#take(text, []);
    const asked = (this.#asked = new AbortController());
    this.#status.textContent = t("checking");
    try {
      const answer = await post("/v1/check", { reply: text, ...this.#context() }, asked.signal);
      if (asked === this.#asked) this.#take(text, placed(text, answer.findings));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#status.textContent = t("uncheckable", error.message);
      if (error.retry) setTimeout(() => this.#later(), error.retry * 1000);
    }
  }

  /** Write everything again, after a change of language or context. */
  again() {
    this.hide();
    this.#later();
  }

  /* Browsers that do not size a field by its content are helped. */
  #fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight + 2}px`;
  }

  #edited() {
    this.hide();
    this.#fit();
    this.#found = moved(this.#found, this.#text, this.#box.value);
    this.#text = this.#box.value;
    this.#underline();
    this.#later();
  }

  #take(text, found) {
    if (text !== this.#box.value) return;
    this.#text = text;
    this.#found = found;
    this.#underline();
    this.#lists();
  }

  get #marked() {
    return this.#found.filter((one) => one.to > one.from);
  }

  #underline() {
    const spans = this.#marked.map((one, place) => ({ ...one, place }));
    this.#mirror.replaceChildren(...agentWords(this.#box.value, spans), "\u200b");
    for (const mark of this.#mirror.querySelectorAll("mark")) mark.removeAttribute("title");
    this.#mirror.scrollTop = this.#box.scrollTop;
  }

  #lists() {
    const missing = this.#found.filter((one) => one.to === one.from);
    const marked = this.#marked;
    const said = [marked.length && t("nFindings", marked.length), missing.length && t("nMissing", missing.length)].filter(Boolean);
    this.#status.textContent = said.length ? said.join(" · ") : this.#text.trim() ? `✓ ${t("clean")}` : "";
    this.#status.className = `checked ${gravest(marked)?.level ?? (missing.length ? "" : "clean")}`;
    this.#pills(marked, missing);
  }

  /* One pill for every finding, one for what could be added; the chosen one is explained below. */
  #pills(marked, missing) {
    const groups = marked.map((one) => ({ key: `${one.rule} ${one.text}`, level: one.level, name: `“${one.text}”`, items: [one] }));
    if (missing.length) groups.push({ key: "missing", level: "missing", name: t("nMissing", missing.length), items: missing });
    if (!groups.some((one) => one.key === this.#open)) this.#open = gravest(groups)?.key ?? "";
    const pill = (one) => {
      const open = one.key === this.#open;
      const choose = () => {
        this.#open = one.key;
        this.#pills(marked, missing);
        this.#list.querySelector("[aria-expanded=true]")?.focus();
      };
      return el("button", { type: "button", class: `pill ${one.level}`, "aria-expanded": String(open), "aria-controls": "why", on: { click: choose } }, one.name);
    };
    const chosen = groups.find((one) => one.key === this.#open);
    this.#list.replaceChildren(...(chosen ? [el("div", { class: "pills" }, ...groups.map(pill)), el("ul", { id: "why", class: "marked" }, ...chosen.items.map((one) => el("li", {}, ...this.#finding(one))))] : []));
  }

  /* What is wrong, why, and what to say instead. */
  #finding(one) {
    const pick = (wording) => el("button", { type: "button", class: "better", lang: "zh-CN", on: { click: () => this.apply(one, wording) } }, wording);
    const offers = one.kind === PLACEHOLDER ? [this.#filler(one)] : one.suggestions.slice(0, REWRITES).map(pick);
    return [
      el("p", { class: "why" }, one.text && el("b", { class: one.level, lang: "zh-CN" }, `“${one.text}”`), one.text && " ", one.message, " ",
        el("small", { class: "source" }, sourceName(one.source))),
      el("p", { class: "picks" }, one.text && one.kind !== PLACEHOLDER && el("small", { class: "quiet" }, t("rewrites")), ...offers,
        one.text && el("button", { type: "button", class: "tiny", on: { click: () => this.#allow(one) } }, t("allow"))),
    ];
  }

  /* A gap of a template has no rewrite: it is selected, to be filled in. */
  #filler(one) {
    const choose = () => {
      this.hide();
      this.focus();
      this.#box.setSelectionRange(one.from, one.to);
    };
    return el("button", { type: "button", class: "better", on: { click: choose } }, t("fillGap"));
  }

  #allow(one) {
    this.#context().allow.push(one.text);
    toast(t("allowed", one.text));
    this.hide();
    this.focus();
    this.check();
  }

  /** Put a rewrite in place of a finding. */
  apply(one, wording) {
    const change = rewritten(this.#box.value, one.from, one.to, wording);
    this.hide();
    this.#replace(change.from, change.to, change.put, change.select);
    toast(t(change.select ? "appliedGap" : "applied"));
  }

  /* One edit that the browser's own undo takes back. */
  #replace(from, to, words, select) {
    this.#box.focus();
    this.#box.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, words)) {
      this.#box.setRangeText(words, from, to, "end");
      this.#edited();
    }
    if (select) this.#box.setSelectionRange(...select);
  }

  /** Show the finding after the cursor, and go round; says whether there is one. */
  next() {
    const marked = this.#marked;
    if (!marked.length) return false;
    const at = this.#shown ?? { from: this.#box.selectionStart - 1 };
    const place = Math.max(0, marked.findIndex((one) => one.from > at.from));
    const one = marked[place];
    this.#box.focus();
    this.#box.setSelectionRange(one.from, one.to);
    this.#show(one, place, true);
    return true;
  }

  /** Take the first rewrite of the finding that is shown or stands at the cursor. */
  takeFirst() {
    const at = this.#box.selectionStart;
    const one = this.#shown ?? this.#marked.find((other) => other.from <= at && at <= other.to);
    if (one?.kind === PLACEHOLDER) this.#box.setSelectionRange(one.from, one.to);
    else if (one?.suggestions.length) this.apply(one, one.suggestions[0]);
    return Boolean(one);
  }

  /** Move the focus into the hint that is shown. */
  enterHint() {
    if (this.#hint.hidden) return false;
    this.#hint.querySelector("button")?.focus();
    return true;
  }

  hide() {
    const inside = this.#hint.contains(document.activeElement);
    const was = !this.#hint.hidden;
    this.#hint.hidden = true;
    this.#shown = null;
    if (inside) this.focus();
    return was;
  }

  #over(event) {
    for (const mark of this.#mirror.querySelectorAll("mark.finding"))
      for (const box of mark.getClientRects())
        if (event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top - 2 && event.clientY <= box.bottom + 6) {
          clearTimeout(this.#leaving);
          const place = Number(mark.dataset.place);
          const one = this.#marked[place];
          if (one && one !== this.#shown) this.#show(one, place, false);
          return;
        }
    if (!this.#hint.hidden) this.#leave();
  }

  #leave() {
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => {
      if (!this.#hint.contains(document.activeElement)) this.hide();
    }, LINGER);
  }

  #show(one, place, spoken) {
    clearTimeout(this.#leaving);
    this.#shown = one;
    const mark = this.#mirror.querySelector(`mark[data-place="${place}"]`);
    this.#hint.setAttribute("aria-label", t(one.level));
    this.#hint.className = `hint ${one.level}`;
    this.#hint.replaceChildren(...this.#finding(one));
    this.#hint.hidden = false;
    if (mark) this.#beside(mark.getClientRects()[0]);
    if (spoken) find("#heard").textContent = `${t(one.level)}${t("chartText", "", one.text)}。${one.message}`;
  }

  #beside(box) {
    const { offsetWidth: width, offsetHeight: height } = this.#hint;
    const left = Math.max(8, Math.min(box.left, innerWidth - width - 8));
    const top = box.top - height - 8;
    this.#hint.style.left = `${left}px`;
    this.#hint.style.top = `${top >= 8 ? top : box.bottom + 10}px`;
  }
}

function gravest(groups) {
  const order = ["error", "warning", "suggestion", "missing"];
  return [...groups].sort((one, other) => order.indexOf(one.level) - order.indexOf(other.level))[0];
}

/** Keep findings that an edit did not touch, moved to where their words are now. */
export function moved(found, before, after) {
  if (before === after) return found;
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const shift = after.length - before.length;
  return found.flatMap((one) => {
    if (one.to === one.from || one.to <= head) return [one];
    return one.from >= before.length - tail ? [{ ...one, from: one.from + shift, to: one.to + shift }] : [];
  });
}
