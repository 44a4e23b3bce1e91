"""The pieces that charts are drawn from: elements, axes, lines and words as SVG, each safe to put into a page."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from markupsafe import Markup, escape

SIZE = 12
INK, QUIET, _GRID = "#1f2933", "#52606d", "#d9e0e7"
TOP, BOTTOM, LEFT, RIGHT = 16, 44, 56, 18
_MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: what it shows, and from where to where.

    ``percent`` says that its values are shares to be written as per cent, ``whole`` that they are counts, so that no
    line is drawn between two of them.
    """

    label: str
    low: float
    high: float
    percent: bool = False
    whole: bool = False

    def show(self, value: float) -> str:
        """Return a value as it is written beside the axis."""
        return f"{value:.0%}" if self.percent else f"{value:g}"


def tag(name: str, *content: object, **attributes: object) -> Markup:
    """Return an element with escaped content and attributes; ``_`` in attribute names stands for ``-``."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value not in (None, "")
    )
    inner = "".join(map(escape, content))
    return Markup(f"<{name}{written}>{inner}</{name}>")


@dataclass(frozen=True, slots=True)
class Box:
    """Where a plot lies in its picture, and how values become places."""

    x: Axis
    y: Axis
    width: int
    height: int

    def across(self, value: float) -> float:
        """Return how far from the left a value of x lies."""
        share = (value - self.x.low) / ((self.x.high - self.x.low) or 1)
        return LEFT + share * (self.width - LEFT - RIGHT)

    def up(self, value: float) -> float:
        """Return how far from the top a value of y lies."""
        share = (value - self.y.low) / ((self.y.high - self.y.low) or 1)
        return self.height - BOTTOM - share * (self.height - TOP - BOTTOM)


def frame(box: Box, names: Sequence[str] | None = None) -> Iterable[Markup]:
    """Yield grid lines, the values beside the axes (or the names under the columns) and the axes' labels."""
    floor, right = box.height - BOTTOM, box.width - RIGHT
    for value in ticks(box.y.low, box.y.high, whole=box.y.whole):
        place = box.up(value)
        yield tag("line", x1=LEFT, x2=right, y1=place, y2=place, stroke=_GRID)
        yield text(LEFT - 6, place + 4, box.y.show(value), "end", colour=QUIET)
    if names is None:
        for value in ticks(box.x.low, box.x.high, whole=box.x.whole):
            yield text(box.across(value), floor + 17, box.x.show(value), "middle", colour=QUIET)
    else:
        widest = max((wide(one) for one in names), default=0) + 6
        every = max(math.ceil(widest * len(names) / (right - LEFT)), math.ceil(len(names) / (_MOST_LABELS * 3)), 1)
        for number in range(0, len(names), every):
            yield text(box.across(number + 0.5), floor + 17, names[number], "middle", colour=QUIET)
    yield tag("line", x1=LEFT, x2=right, y1=floor, y2=floor, stroke=QUIET)
    yield text((LEFT + right) / 2, box.height - 6, box.x.label, "middle")
    middle = (TOP + floor) / 2
    yield text(12, middle, box.y.label, "middle", transform=f"rotate(-90 12 {middle:g})")


def ticks(low: float, high: float, wanted: int = 5, *, whole: bool = False) -> list[float]:
    """Return round values between two bounds, steps of 1, 2 or 5 times a power of ten, about ``wanted`` of them.

    >>> ticks(0, 1)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if not high > low:
        return [low]
    rough = (high - low) / wanted
    power = max(10.0 ** math.floor(math.log10(rough)), float(whole))
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(step * number, 10) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def path(box: Box, points: Sequence[tuple[float, float]], colour: str, dashes: str, width: float) -> Markup:
    """Return a line through points in the values of the axes."""
    places = " ".join(f"{box.across(x):.1f},{box.up(y):.1f}" for x, y in points)
    return tag("polyline", points=places, fill="none", stroke=colour, stroke_width=width, stroke_dasharray=dashes)


def mark(box: Box, point: tuple[float, float], colour: str, number: int) -> Markup:
    """Return the mark at one point of a line; its values are shown when the pointer rests on it."""
    title = tag("title", f"{box.x.show(point[0])} · {box.y.show(point[1])}")
    return shape(box.across(point[0]), box.up(point[1]), colour, number, title)


def text(x: float, y: float, words: str, anchor: str, *, colour: str = INK, full: str = "", **more: object) -> Markup:
    """Return words at a place; ``full`` is shown when the pointer rests on words that were cut."""
    shown: list[object] = [tag("title", full), words] if full and full != words else [words]
    return tag("text", *shown, x=x, y=y, text_anchor=anchor, font_size=SIZE, fill=colour, **more)


def svg(title: str, spoken: str, width: int, height: float, parts: Iterable[Markup]) -> Markup:
    """Return a picture that says its title and its values to those who listen."""
    label = f"{title}: {spoken}" if spoken else title
    view = f"0 0 {width} {height:g}"
    return tag("svg", *parts, viewBox=view, width=width, height=height, role="img", aria_label=label, class_="chart")


def figure(picture: Markup, title: str, legend: Iterable[tuple[Markup, str]]) -> Markup:
    """Return a picture under its title, with a legend (sample, name) where there is more than one thing to tell apart."""
    entries = [tag("li", sample, name) for sample, name in legend]
    listed = tag("ul", *entries, class_="legend") if len(entries) > 1 else ""
    return tag("figure", tag("figcaption", title), tag("div", picture, class_="scroll"), listed, class_="figure")


def area_sample(colour: str) -> Markup:
    """Return the sample of a colour for a legend."""
    return _sample(tag("rect", x=6, y=0, width=12, height=12, rx=2, fill=colour))


def line_sample(colour: str, dashes: str, number: int) -> Markup:
    """Return the sample of a line with its mark for a legend."""
    stroke = tag("line", x1=0, x2=24, y1=6, y2=6, stroke=colour, stroke_width=2, stroke_dasharray=dashes)
    return _sample(stroke, shape(12, 6, colour, number))


def _sample(*parts: Markup) -> Markup:
    return tag("svg", *parts, viewBox="0 0 24 12", width=24, height=12, aria_hidden="true")


def shape(x: float, y: float, colour: str, number: int, title: Markup | str = "") -> Markup:
    """Return the mark of a line with this number: a circle, a square or a diamond."""
    if number % 3 == 0:
        return tag("circle", title, cx=x, cy=y, r=3, fill=colour)
    turned = f"rotate(45 {x:.1f} {y:.1f})" if number % 3 == 2 else None
    return tag("rect", title, x=x - 3, y=y - 3, width=6, height=6, fill=colour, transform=turned)


def wide(words: str) -> float:
    """Return about how wide words are: a Chinese character is as wide as the type is high, a Latin one half of that."""
    return sum(SIZE if east_asian_width(one) in "WFA" else SIZE * 0.65 for one in words)


def cut(words: str, room: float) -> str:
    """Return words cut to a width, with an ellipsis where something is left out."""
    while wide(words) > room and len(words) > 1:
        words = words[:-2] + "…"
    return words


def _number(value: object) -> object:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value
