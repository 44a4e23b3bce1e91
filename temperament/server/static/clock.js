/* Deadlines that run, and the trust an answer given now would earn: (1 − taken ÷ due) × 100. */

import { el, find } from "./dom.js";
import { span, t } from "./words.js";

const MINUTE = 60000;
const LEAST_SHOWN = -100;

/** Return the trust of an answer after `taken` when it was due after `due`, in the same unit. */
export function trust(taken, due) {
  return Math.round((1 - taken / due) * 100);
}

/** Return when things are due: for each its words, when it began and how long it may take, in milliseconds. */
export function dues(view, desk) {
  const clocks = view.advice.clocks;
  const since = waitingSince(desk.turns);
  const open = (desk.analysis?.promises ?? []).filter((one) => one.kept === null && one.within);
  const promised = open.map((one) => ({ name: "promised", began: desk.turns[one.turn - 1]?.entered, length: one.within * MINUTE }));
  if (since === null) return promised;
  const acknowledged = desk.turns.some((turn) => turn.speaker === "agent" && turn.entered >= since);
  return [
    !acknowledged && { name: "acknowledge", began: since, length: clocks.acknowledge * MINUTE },
    { name: "firstReply", began: since, length: clocks.reply * MINUTE },
    ...promised,
  ].filter((one) => one && one.began);
}

/* The time of the first turn of the customer that nobody has answered yet. */
function waitingSince(turns) {
  let since = null;
  for (const turn of turns) {
    if (turn.speaker === "agent") since = null;
    else if (turn.speaker === "customer" && since === null) since = turn.entered;
  }
  return since;
}

class Clock {
  #rows = [];
  #trust = null;
  #timer = 0;

  /** Lay out the deadlines of what is shown, and let them run. */
  show(view, desk) {
    clearInterval(this.#timer);
    const box = find("#time");
    if (!view || !box) return;
    this.#rows = dues(view, desk).map(row);
    this.#trust = this.#rows.length ? meter(this.#rows.at(this.#rows.length > 1 && this.#rows[0].name === "acknowledge" ? 1 : 0)) : null;
    const began = this.#rows[0]?.began;
    box.title = [began && t("sinceHere", time(began)), t("progressEvery", span(view.advice.clocks.progress * 60))].filter(Boolean).join(" · ");
    box.replaceChildren(
      el("h2", { class: "sr" }, t("deadline")),
      el("dl", { class: "dues" },
        el("div", {}, el("dt", {}, t("priority")), el("dd", { class: view.advice.priority === "high" ? "late" : "" }, t(`p_${view.advice.priority}`))),
        ...this.#rows.map((one) => el("div", {}, one.term, one.value)),
        !this.#rows.length && el("div", {}, el("dt", {}, t("deadline")), el("dd", {}, `✓ ${t("doneIn")}`)),
        this.#trust?.node),
      el("p", { class: "sr" }, box.title),
    );
    this.tick();
    if (this.#rows.length) this.#timer = setInterval(() => this.tick(), 1000);
  }

  /** Bring times and trust up to now. */
  tick() {
    const now = Date.now();
    for (const one of this.#rows) {
      const left = one.began + one.length - now;
      one.value.textContent = left >= 0 ? t("left", running(left)) : t("lateBy", running(-left));
      one.value.className = left < 0 ? "late" : left < one.length / 4 ? "soon" : "";
    }
    this.#trust?.set(now);
  }
}

export const clock = new Clock();

function row({ name, began, length }) {
  return { name, began, length, term: el("dt", {}, t(name)), value: el("dd", {}) };
}

function meter({ began, length }) {
  const fill = el("span", { class: "fill" });
  const value = el("b", {});
  const bar = el("span", { class: "bar", role: "meter", "aria-label": t("trust"), "aria-valuemin": "-100", "aria-valuemax": "100" }, fill);
  const node = el("div", { class: "trust", title: t("trustNote") }, el("dt", {}, t("trust")), el("dd", {}, value, bar));
  const set = (now) => {
    const score = Math.max(LEAST_SHOWN, trust(now - began, length));
    value.textContent = String(score);
    fill.style.width = `${Math.max(0, score)}%`;
    bar.setAttribute("aria-valuenow", String(score));
    node.className = score < 0 ? "trust late" : score < 25 ? "trust soon" : "trust";
  };
  return { node, set };
}

function running(milliseconds) {
  const whole = Math.floor(milliseconds / 1000);
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (one) => String(one).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

function time(at) {
  const date = new Date(at);
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}
