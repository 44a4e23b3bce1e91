"""Charts are safe, readable without seeing or colour, and true to their numbers."""

import re

import pytest
from justhtml import JustHTML

from temperament.render.charts import PALETTE, Axis, Bar, Column, Line, bar_chart, column_chart, heat_table, line_chart
from temperament.render.drawing import tag, ticks

SHARE = Axis("share", 0, 1, percent=True)
NASTY = '<script>alert("1")</script> & \'”'
CHARTS = {
    "line": line_chart(
        [Line(NASTY, [(0, 0), (1, 1)]), Line("b", [(0, 1)])], SHARE, SHARE, title=NASTY, ideal=[(0, 0), (1, 1)]
    ),
    "bar": bar_chart([Bar(NASTY, 2), Bar("长" * 60, 1, "1 (33 %)")], title=NASTY),
    "column": column_chart(
        [Column(NASTY, [0.5, 0.5], "▲"), Column("2", [1, 0])],
        SHARE,
        title=NASTY,
        kinds=[("x", PALETTE[0]), (NASTY, PALETTE[1])],
        line=[0.2, None],
        line_name="risk",
    ),
    "heat": heat_table([NASTY, "b"], ["b", NASTY], [[1, 2], [0, 0]], caption=NASTY, corner=NASTY),
}


def parse(markup):
    """Return a fragment as a tree; broken markup fails."""
    tree = JustHTML(f"<!DOCTYPE html><title>t</title><body>{markup}", collect_errors=True, sanitize=False)
    assert tree.errors == []
    return tree


def numbers(markup, name, attribute):
    """Return an attribute of all elements of a name as numbers."""
    return [float(one.attrs[attribute]) for one in parse(markup).query(name)]


@pytest.mark.parametrize("name", CHARTS)
def test_charts_are_valid_and_escape_what_they_are_given(name):
    """Names that look like markup stay words."""
    tree = parse(CHARTS[name])
    assert tree.query("script") == []
    assert NASTY in tree.to_text()


@pytest.mark.parametrize("name", ["line", "bar", "column"])
def test_pictures_can_be_listened_to(name):
    """The picture says its title and its values, and nothing is fetched for it."""
    (picture,) = [one for one in parse(CHARTS[name]).query("svg") if one.attrs.get("role") == "img"]
    assert picture.attrs["aria-label"].startswith(NASTY)
    assert re.search(r"\d", picture.attrs["aria-label"])
    assert not re.search(r"(href|src|url\()", CHARTS[name])


def test_a_note_is_read_instead_of_the_numbers():
    """What the caller says of a chart is what is heard."""
    chart = bar_chart([Bar("a", 1)], title="t", note="nearly nothing")
    assert 'aria-label="t: nearly nothing"' in chart


def test_bars_are_as_long_as_their_values():
    """Lengths are in the proportion of the values; the widest ends before the edge."""
    lengths = numbers(bar_chart([Bar("a", 10), Bar("b", 5), Bar("c", 0)], title="t"), "rect", "width")
    assert lengths[0] == pytest.approx(2 * lengths[1], abs=0.2)
    assert lengths[2] == 0
    assert max(lengths) < 400


def test_columns_stack_to_their_sum():
    """The parts of a column stand on each other and reach as high as their sum."""
    chart = column_chart([Column("1", [0.25, 0.75])], SHARE, title="t", kinds=[("x", "#000"), ("y", "#111")])
    heights, tops = numbers(chart, "rect[stroke]", "height"), numbers(chart, "rect[stroke]", "y")
    assert heights[1] == pytest.approx(3 * heights[0], abs=0.5)
    assert tops[1] + heights[1] == pytest.approx(tops[0], abs=0.2)


def test_points_lie_where_their_values_say():
    """Twice the value is twice as far from the axis."""
    chart = line_chart([Line("a", [(0, 0), (0.5, 0.5), (1, 1)])], SHARE, SHARE, title="t")
    across, up = numbers(chart, "circle", "cx"), numbers(chart, "circle", "cy")
    assert across[1] - across[0] == pytest.approx(across[2] - across[1], abs=0.2)
    assert up[0] - up[1] == pytest.approx(up[1] - up[2], abs=0.2)
    assert up[0] > up[2]


def test_lines_differ_without_colour():
    """Dashes and marks tell lines apart in grey."""
    chart = line_chart([Line(str(n), [(0, n / 3), (1, n / 3)]) for n in range(3)], SHARE, SHARE, title="t")
    dashes = [one.attrs.get("stroke-dasharray") for one in parse(chart).query("polyline")]
    assert len(set(dashes)) == 3
    assert len(parse(chart).query("li")) == 3


def test_long_names_are_cut_and_shown_whole_on_demand():
    """A name longer than its room ends in an ellipsis; the whole one is in the title."""
    chart = bar_chart([Bar("长" * 60, 1)], title="t")
    assert "…" in chart
    assert "长" * 60 in chart
    assert "…" not in bar_chart([Bar("difficult", 0), Bar("多血质·猪八戒", 1)], title="t")


def test_many_columns_grow_wider_and_label_some():
    """A year of days is three pictures wide at most, and its names do not run into each other."""
    columns = [Column(f"{number:03d}", [1]) for number in range(365)]
    chart = column_chart(columns, Axis("n", 0, 1, whole=True), title="t", kinds=[("x", "#000")])
    (width,) = [float(one.attrs["width"]) for one in parse(chart).query("svg") if one.attrs.get("role") == "img"]
    assert width == 1200
    assert 5 < len([one for one in parse(chart).query("text") if re.fullmatch(r"\d{3}", one.to_text())]) < 40


def test_empty_charts_are_charts():
    """Nothing to show breaks nothing."""
    parse(bar_chart([], title="t") + line_chart([], SHARE, SHARE, title="t"))
    parse(column_chart([], SHARE, title="t", kinds=[]) + heat_table([], ["a"], [], caption="c", corner="x"))


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 7, [0, 2, 4, 6]),
        (0, 1234, [0, 500, 1000]),
        (0.5, 1, [0.5, 0.6, 0.7, 0.8, 0.9, 1]),
        (3, 3, [3]),
    ],
)
def test_ticks_are_round(low, high, found):
    """Axis values are round numbers inside the bounds."""
    assert ticks(low, high) == pytest.approx(found)


@pytest.mark.parametrize("high", [1, 2, 3, 7])
def test_counts_get_whole_ticks(high):
    """Between one conversation and two there is nothing."""
    assert all(one == int(one) for one in ticks(0, high, whole=True))


def test_heat_shows_counts_and_shares_of_rows():
    """Every cell says its count and its share of the row; a row of nothing is nothing."""
    cells = [one.to_text(separator=" ").split() for one in parse(CHARTS["heat"]).query("td")]
    assert cells == [["1", "33%"], ["2", "67%"], ["0", "0%"], ["0", "0%"]]
    assert len(parse(CHARTS["heat"]).query("th[scope]")) == 5


def test_tags_leave_out_what_is_not_given():
    """None and empty values write no attribute; text and markup are told apart."""
    assert tag("p", "a<b", tag("b", 1), title=None, class_="") == "<p>a&lt;b<b>1</b></p>"
    assert tag("p", stroke_width=0.25, x=3.0) == '<p stroke-width="0.2" x="3"></p>'
