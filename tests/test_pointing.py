"""The benchmark of evidence measures whether a piece lies where readers point."""

from pathlib import Path

import pytest

from temperament.labels import STATES, TEMPERAMENTS

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def evidence(monkeypatch):
    """Return the module of the benchmark."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return pytest.importorskip("evidence")


def test_a_piece_touches_and_lies_within_by_hand(evidence):
    """Touching needs one shared character; ends are not part of a place."""
    assert evidence.touches((2, 5), [(4, 9)])
    assert not evidence.touches((2, 4), [(4, 9), (0, 2)])
    assert evidence.inside((2, 6), [(0, 3), (5, 9)]) == 0.5
    assert evidence.inside((2, 6), []) == 0


def test_blind_pointing_tries_every_place(evidence):
    """A piece of two characters has three places in a text of four; the line gives their mean."""
    places = evidence.everywhere((0, 2), 4)
    assert places == [(0, 2), (1, 3), (2, 4)]
    assert evidence.line_of("any", [(places, [(0, 1)])]) == "| any | 1 | 0.33 | 0.17 |"


def test_readers_are_held_against_each_other(evidence):
    """The piece one reader names first against all of the other's, both ways, for labels that both marked."""
    marks = {"a": [{"angry": [(0, 2), (5, 6)], "choleric": [(1, 2)]}, {"angry": [(5, 6)]}]}
    table = evidence.pointing([], marks)
    assert table.splitlines()[-1] == "| a reader, against the other | 2 | 0.50 | 0.50 |"


def test_the_marks_are_places_of_labels(evidence):
    """Every message was marked by two readers; places are not empty and bear labels that can be shown."""
    marks = evidence.marks_of(ROOT / "data" / "public" / "real_dev_marks.jsonl")
    assert {len(readers) for readers in marks.values()} == {2}
    for readers in marks.values():
        for one in readers:
            assert set(one) <= {*TEMPERAMENTS, *STATES} - {"unclear", "calm"}
            assert all(start < end for spans in one.values() for start, end in spans)
