"""Charts for HTML reports: inline SVG without scripts, styles or anything from outside, and shaded tables.

Every function returns ``Markup``: text that is safe to put into a page, with all names escaped. A chart carries its
title and its values in words (``role="img"``, ``aria-label``), so that it can be listened to. Colours are those of Okabe
and Ito (2008), which people with any colour blindness can tell apart; lines differ in dashes and marks too, so that a
grey print still reads. One unit is one pixel at 100 %; a chart 400 units wide stays readable on a telephone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from temperament.render.drawing import (
    INK,
    LEFT,
    QUIET,
    RIGHT,
    TOP,
    Axis,
    Box,
    area_sample,
    cut,
    figure,
    frame,
    line_sample,
    mark,
    path,
    svg,
    tag,
    text,
    wide,
)

__all__ = ["PALETTE", "Axis", "Bar", "Column", "Line", "bar_chart", "column_chart", "heat_table", "line_chart"]
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Blue, vermilion, green, pink, orange, sky."""
WIDTH = 400
_DASHES = ("", "6 4", "2 3", "8 3 2 3", "1 4", "10 4")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a line chart: its name and its points (x, y) from left to right."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its length, how the value is written (by default the number) and its colour."""

    name: str
    value: float
    shown: str = ""
    colour: str = PALETTE[0]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the heights stacked in it from below, and a sign to stand over it."""

    name: str
    parts: Sequence[float]
    sign: str = ""


def line_chart(
    lines: Sequence[Line],
    x: Axis,
    y: Axis,
    *,
    title: str,
    note: str = "",
    ideal: Sequence[tuple[float, float]] = (),
    height: int = 300,
) -> Markup:
    """Return lines with marks at their points: a reliability plot, a coverage–accuracy curve, a trend.

    ``ideal`` is a thin grey line for comparison, such as ``[(0, 0), (1, 1)]`` for perfect calibration. ``note`` says in
    words what is to be seen; without it the points themselves are read out.
    """
    box = Box(x, y, WIDTH, height)
    parts = [*frame(box)]
    if ideal:
        parts.append(path(box, ideal, QUIET, "3 3", 1))
    for number, line in enumerate(lines):
        parts.append(path(box, line.points, _colour(number), _dash(number), 2))
        parts += [mark(box, point, _colour(number), number) for point in line.points]
    spoken = note or "; ".join(f"{one.name}: {_spoken(one.points, x, y)}" for one in lines)
    legend = [(line_sample(_colour(number), _dash(number), number), one.name) for number, one in enumerate(lines)]
    return figure(svg(title, spoken, WIDTH, height, parts), title, legend)


def _colour(number: int) -> str:
    return PALETTE[number % len(PALETTE)]


def _dash(number: int) -> str:
    return _DASHES[number % len(_DASHES)]


def bar_chart(bars: Sequence[Bar], *, title: str, note: str = "") -> Markup:
    """Return horizontal bars with their names at the left and their values at the right, in the order given."""
    room = min(max((wide(one.name) for one in bars), default=0) + 10, WIDTH * 0.55)
    values = max((wide(_shown(one)) for one in bars), default=0) + 8
    longest = max((one.value for one in bars), default=0) or 1
    scale = (WIDTH - room - values) / longest
    parts = []
    for number, one in enumerate(bars):
        middle = number * 26 + 17
        length = max(one.value * scale, 0)
        parts += [
            text(room - 8, middle, cut(one.name, room - 9), "end", full=one.name),
            tag("rect", x=room, y=middle - 13, width=length, height=18, rx=2, fill=one.colour),
            text(room + length + 5, middle, _shown(one), "start", colour=QUIET),
        ]
    spoken = note or ", ".join(f"{one.name} {_shown(one)}" for one in bars)
    return figure(svg(title, spoken, WIDTH, len(bars) * 26 + 4, parts), title, ())


def column_chart(
    columns: Sequence[Column],
    y: Axis,
    *,
    title: str,
    kinds: Sequence[tuple[str, str]],
    note: str = "",
    line: Sequence[float | None] = (),
    line_name: str = "",
    height: int = 220,
    x_label: str = "",
) -> Markup:
    """Return columns over time, each with one stacked part for every (name, colour) of ``kinds``.

    ``line`` is drawn over the columns, one value a column on the same axis (``None``: no value there). A chart of many
    columns grows wider, up to three times; its frame is made to scroll (class ``scroll``).
    """
    width = int(min(max(WIDTH, LEFT + RIGHT + 18 * len(columns)), 3 * WIDTH))
    box = Box(Axis(x_label, 0, max(len(columns), 1)), y, width, height)
    parts = [*frame(box, names=[one.name for one in columns])]
    for number, one in enumerate(columns):
        parts += _column(box, number, one, kinds)
    middles = [(number + 0.5, value) for number, value in enumerate(line) if value is not None]
    if middles:
        parts += [path(box, middles, "#ffffff", "", 5), path(box, middles, INK, "5 3", 2)]
        parts += [mark(box, point, INK, 0) for point in middles]
    spoken = note or "; ".join(_told(one, kinds, y) for one in columns)
    legend = [(area_sample(colour), name) for name, colour in kinds]
    legend += [(line_sample(INK, "5 3", 0), line_name)] if middles else []
    return figure(svg(title, spoken, width, height, parts), title, legend)


def heat_table(
    rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[int]], *, caption: str, corner: str
) -> Markup:
    """Return a table of counts, each cell shaded by its share of its row: a confusion matrix (rows truth, columns read).

    ``corner`` says what rows and columns are. The count and the share stand in every cell, so nothing rests on the shade.
    """
    head = tag("tr", tag("th", corner, scope="col"), *(tag("th", one, scope="col") for one in columns))
    body = [
        tag("tr", tag("th", name, scope="row"), *(_heat(value, sum(row)) for value in row))
        for name, row in zip(rows, values, strict=True)
    ]
    table = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *body), class_="heat")
    return tag("div", table, class_="scroll", tabindex=0, role="region", aria_label=caption)


def _heat(value: int, total: int) -> Markup:
    share = value / total if total else 0.0
    shade = f"background:rgb({255 - 150 * share:.0f},{255 - 100 * share:.0f},{255 - 45 * share:.0f})"
    return tag("td", f"{value:,}", tag("small", f"{share:.0%}"), style=shade)


def _column(box: Box, number: int, column: Column, kinds: Sequence[tuple[str, str]]) -> Iterable[Markup]:
    left, right = box.across(number + 0.12), box.across(number + 0.88)
    below = 0.0
    for value, (name, colour) in zip(column.parts, kinds, strict=True):
        if value > 0:
            top = box.up(below + value)
            shape = {"x": left, "y": top, "width": right - left, "height": box.up(below) - top}
            title = tag("title", f"{column.name} · {name} {box.y.show(value)}")
            yield tag("rect", title, **shape, fill=colour, stroke="#ffffff", stroke_width=0.5)
        below += value
    if column.sign:
        yield text((left + right) / 2, TOP - 3, column.sign, "middle")


def _shown(bar: Bar) -> str:
    return bar.shown or f"{bar.value:g}"


def _told(column: Column, kinds: Sequence[tuple[str, str]], y: Axis) -> str:
    told = " ".join(
        f"{name} {y.show(value)}" for value, (name, _) in zip(column.parts, kinds, strict=True) if value > 0
    )
    return f"{column.name} {told} {column.sign}".strip()


def _spoken(points: Iterable[tuple[float, float]], x: Axis, y: Axis) -> str:
    return ", ".join(f"{x.show(one)} {y.show(other)}" for one, other in points)
