"""Which pieces of a message are offered as evidence."""

import pytest
from conftest import TOY

from temperament.evidence import KEPT, LONGEST
from temperament.labels import LABELS

HOT = "你们的服務(wù)態(tài)度，气死我了！！！！！！立刻给我退款"


@pytest.mark.parametrize("message", [example.text for example in TOY[::5]] + [HOT])
def test_at_most_three_pieces_a_label_strongest_first(toy, message):
    """Few pieces, ordered by weight within their label, temperament before state."""
    evidence = toy.classify(message).evidence
    heads = ["temperament" if piece.label in LABELS["temperament"] else "state" for piece in evidence]
    assert heads == sorted(heads, reverse=True)
    for head in LABELS:
        weights = [piece.weight for piece, one in zip(evidence, heads, strict=True) if one == head]
        assert len(weights) <= KEPT
        assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize("message", [example.text for example in TOY[::5]] + [HOT])
def test_pieces_of_one_label_do_not_overlap(toy, message):
    """No character is offered twice for the same label."""
    evidence = toy.classify(message).evidence
    for label in {piece.label for piece in evidence}:
        pieces = sorted((piece.start, piece.end) for piece in evidence if piece.label == label)
        assert all(end <= start for (_, end), (start, _) in zip(pieces, pieces[1:], strict=False))


def test_pieces_stay_within_a_clause(default, real_messages):
    """A piece is short, ends nowhere in a comma, and is never blank."""
    pieces = [piece for reading in default.classify_many(real_messages[:300]) for piece in reading.evidence]
    assert pieces
    for piece in pieces:
        assert piece.text.strip()
        assert not set(piece.text) & set("，。；：、")


def test_a_shortened_run_is_marked_whole(toy):
    """Evidence that holds a folded run covers all its characters in the original."""
    reading = toy.classify("太慢了！！！！！！！！")
    assert reading.state == "angry"
    assert any(piece.text.endswith("！！！！！！！！") for piece in reading.evidence)


@pytest.mark.parametrize("message", ["请问这个有货吗", "收到了，质量还可以", "", "hello"])
def test_neutral_labels_have_no_evidence(toy, message):
    """The labels unclear and calm need no cue and get none."""
    reading = toy.classify(message)
    assert (reading.temperament, reading.state) == ("unclear", "calm")
    assert reading.evidence == ()


def test_pieces_are_not_longer_than_allowed(toy):
    """A joined piece has at most LONGEST folded characters, a single word aside."""
    text = "立刻立刻立刻马上马上马上今天必须今天必须少废话少废话"
    pieces = toy.classify(text).evidence
    assert pieces
    assert all(len(piece.text) <= LONGEST for piece in pieces)
