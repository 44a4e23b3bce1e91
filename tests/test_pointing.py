"""The benchmark of evidence measures whether a piece lies where readers point."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from temperament.datasets import Example, read_rows
from temperament.labels import FEELINGS, TEMPERAMENTS

ROOT = Path(__file__).resolve().parent.parent
ROWS = read_rows(ROOT / "data" / "public" / "real_dev_marks.jsonl")
GOLD = {
    row["id"]: {row["temperament"], row["state"]}
    for row in read_rows(ROOT / "data" / "public" / "real_dev_labels.jsonl")
}
CALM = {"unclear", "calm"}


@pytest.fixture
def evidence(bench):
    """Return the module of the benchmark."""
    return bench("evidence")


def reading(*pieces):
    """Return a reading of nine characters whose evidence is (label, start, end), the strongest first."""
    found = [SimpleNamespace(label=label, start=start, end=end) for label, start, end in pieces]
    return SimpleNamespace(text="一二三四五六七八九", evidence=tuple(found))


def test_only_labels_read_rightly_and_marked_are_counted(evidence):
    """A wrong label gives no shot, nor one that no reader marked; a label gives its strongest piece, once a reader."""
    examples = [Example("一二三四五六七八九", "choleric", "angry", id="a")]
    marks = evidence.marks_of(
        [
            {"id": "a", "marks": [[0, 2, "angry"], [4, 5, "sanguine"]]},
            {"id": "a", "marks": [[5, 6, "angry"], [1, 3, "angry"]]},
        ],
        {"a": {"choleric", "angry"}},
    )
    seen = [reading(("sanguine", 4, 5), ("angry", 1, 3), ("angry", 5, 6), ("choleric", 0, 1))]
    shots = list(evidence.shots_of(examples, seen, marks))
    assert [(shot.piece, sorted(shot.marked), shot.length) for shot in shots] == [
        ((1, 3), [0, 1], 9),
        ((1, 3), [1, 2, 5], 9),
    ]


def test_readers_are_held_against_each_other(evidence):
    """The piece one reader names first against all of the other's, both ways, for labels that both marked."""
    marks = {"a": [{"angry": [(0, 2), (5, 6)], "choleric": [(1, 2)]}, {"angry": [(5, 6)]}]}
    shots = list(evidence.shots_of_readers([Example("一二三四五六七八九", "choleric", "angry", id="a")], marks))
    assert [(shot.piece, sorted(shot.marked)) for shot in shots] == [((0, 2), [5]), ((5, 6), [0, 1, 5])]


def test_the_lines_by_hand(evidence):
    """A piece of two characters, one of them marked, has three places in four characters: two touch, each by half."""
    shots = [evidence.Shot((1, 3), frozenset({1}), 4)]
    assert evidence.lines_of("it", shots) == [
        "| it | 1 | 1.00 | 0.50 |",
        "| it, pieces anywhere | 1 | 0.67 | 0.33 |",
    ]
    assert evidence.lines_of("it", []) == ["| it | 0 | – | – |"]


def test_the_marks_are_of_messages_that_show_something():
    """Two readers each; every message that is not plainly unclear and calm; places are not empty and bear labels."""
    shown = {key for key, labels in GOLD.items() if labels != CALM}
    assert sorted((row["id"], row["reader"]) for row in ROWS) == sorted((key, one) for key in shown for one in (1, 2))
    marks = [mark for row in ROWS for mark in row["marks"]]
    assert len(marks) == 2597
    assert all(0 <= start < end for start, end, _ in marks)
    assert {label for _, _, label in marks} == {*TEMPERAMENTS, *FEELINGS} - CALM
    assert sum(label in GOLD[row["id"]] for row in ROWS for _, _, label in row["marks"]) == 2134
