/* The windows: judging a reading, pasting, going live, settings, and the list of keys. */

import { key, post, setKey } from "./api.js";
import { el, find, toast } from "./dom.js";
import { STATES, TEMPERAMENTS, figure, label, t } from "./words.js";

const NAME = "temperament.agent";
const KEEP = "temperament.keep";
const KEYS = "temperament.keys";

function kept(name, otherwise) {
  try {
    return localStorage.getItem(name) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    /* a browser that keeps nothing asks again next time */
  }
}

export const settings = {
  get agent() {
    return kept(NAME, "");
  },
  get keep() {
    return kept(KEEP, "yes") === "yes";
  },
  get keys() {
    return kept(KEYS, "yes") === "yes";
  },
};

/** Open a window; `send` gets its form and may throw what to show in it. */
function open(id, before, send) {
  const dialog = find(`#${id}`);
  const form = find("form", dialog);
  const wrong = find(".wrong", form);
  if (wrong) wrong.hidden = true;
  before?.(form);
  form.onsubmit = async (event) => {
    event.preventDefault();
    try {
      if ((await send(form)) !== false) dialog.close();
    } catch (error) {
      wrong.textContent = error.message;
      wrong.hidden = false;
    }
  };
  for (const button of dialog.querySelectorAll("[data-close]")) button.onclick = () => dialog.close();
  if (!dialog.open) dialog.showModal();
  form.querySelector("input:checked[type=radio]")?.focus();
}

/** Ask what somebody thinks of a reading, and keep it. */
export function judge(reading, verdict) {
  open("judge-dialog", (form) => prepareJudging(form, reading, verdict), async (form) => {
    const said = form.verdict.value;
    const reason = form.reason.value.trim();
    if (said !== "accept" && !reason) throw new Error(t("needReason"));
    await sendFeedback(reading, said, reason, { state: form.state.value, temperament: form.temperament.value });
  });
}

function prepareJudging(form, reading, verdict) {
  find("#judge-words").textContent = reading.text;
  form.verdict.value = verdict;
  form.reason.value = "";
  form.state.replaceChildren(...options(STATES, reading.state));
  form.temperament.replaceChildren(...options(TEMPERAMENTS, reading.temperament));
  const show = () => (find("#judge-labels").hidden = form.verdict.value !== "correct");
  form.onchange = show;
  show();
}

function options(labels, chosen) {
  return labels.map((one) => el("option", { value: one, selected: one === chosen }, [label(one), figure(one)].filter(Boolean).join(" · ")));
}

/** Send a verdict on a reading. */
export async function sendFeedback(reading, verdict, reason = "", labels = null) {
  const { text, state, temperament, also } = reading;
  const body = { text, reading: { state, temperament, also }, verdict, reason, agent: settings.agent };
  await post("/v1/feedback", verdict === "correct" ? { ...body, labels } : body);
  toast(t("thanks"));
}

export function askTranscript(take) {
  open("paste-dialog", (form) => (form.text.value = ""), (form) => take(form.text.value));
}

export function askLive(take) {
  open("live-dialog", null, (form) => take(form.id.value.trim()));
}

export function askSettings(changed) {
  open(
    "settings-dialog",
    (form) => {
      form.agent.value = settings.agent;
      form.key.value = key();
      form.elements.keep.checked = settings.keep;
      form.elements.keys.checked = settings.keys;
    },
    (form) => {
      keep(NAME, form.agent.value.trim());
      setKey(form.key.value.trim());
      keep(KEEP, form.elements.keep.checked ? "yes" : "no");
      keep(KEYS, form.elements.keys.checked ? "yes" : "no");
      toast(t("stored"));
      changed();
    },
  );
}

/** Ask for the key alone, where the rest of the settings has no meaning. */
export function askKey(changed) {
  open("settings-dialog", (form) => (form.key.value = key()), (form) => {
    setKey(form.key.value.trim());
    changed();
  });
}

/** Show the list of keys: pairs of keys and the name of what they do. */
export function showKeys(list) {
  const rows = list.flatMap(([keys, name]) => [el("dt", {}, ...keys.map((one) => el("kbd", {}, one))), el("dd", {}, t(name))]);
  find("#keys").replaceChildren(...rows);
  open("help-dialog", null, () => true);
}
