/* Bars in SVG, each with its number beside it, and the same in words for those who listen. */

import { svg } from "./dom.js";
import { t } from "./words.js";

const WIDEST = 520;
const AROUND = 66;
const ROW = 34;
const LEAST_NAME = 90;
const MOST_NAME = 0.66;
const NUMBER = 58;
const [WIDE, NARROW] = [16, 8.6];

/** Return a chart of rows {name, value, usual?, kind?}; a line across a bar shows what is usual. */
export function bars(title, rows) {
  const most = Math.max(1, ...rows.map((one) => Math.max(one.value, one.usual ?? 0)));
  const width = Math.min(WIDEST, document.documentElement.clientWidth - AROUND); // on a telephone letters keep their size
  const names = Math.max(LEAST_NAME, ...rows.map((one) => Math.min(width * MOST_NAME, 20 + length(one.name))));
  const room = width - names - NUMBER;
  const scale = (value) => (value / most) * room;
  const words = rows.map((one) => t("chartText", one.name, one.value) + (one.usual === undefined ? "" : ` (${t("usual")} ${one.usual})`));
  const chart = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${rows.length * ROW}`, role: "img", "aria-label": `${title}。${words.join("；")}` });
  rows.forEach((one, place) => chart.append(...row(one, place * ROW, names, room, scale)));
  return chart;
}

function row({ name, value, usual, kind }, top, names, room, scale) {
  const middle = top + ROW / 2;
  const bar = { x: names, y: top + 8, height: ROW - 16, rx: 4 };
  const parts = [
    words(fitted(name, names - 20), { x: names - 12, y: middle + 5, "text-anchor": "end" }),
    svg("rect", { ...bar, width: room, class: "track" }),
    svg("rect", { ...bar, width: scale(value), class: kind ?? "one" }),
    words(String(value), { x: names + room + 10, y: middle + 5 }),
  ];
  if (usual !== undefined) parts.push(svg("line", { x1: names + scale(usual), x2: names + scale(usual), y1: top + 5, y2: top + ROW - 5, class: "mark" }));
  return parts;
}

/** Return a name, cut where it has no room; the whole one is in the words of the chart. */
function fitted(name, room) {
  if (length(name) <= room) return name;
  const letters = [...name];
  while (letters.length > 1 && length(letters) + WIDE > room) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

/** Return how wide a name is drawn at most: Chinese characters take twice the room of Latin ones. */
function length(text) {
  return [...text].reduce((sum, one) => sum + (one > "\u2e80" ? WIDE : NARROW), 0);
}

function words(text, attributes) {
  return svg("text", attributes, text);
}
