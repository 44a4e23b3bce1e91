"""Which pieces of a message are offered as evidence."""

import numpy as np
import pytest
from conftest import TOY

from temperament import evidence
from temperament.evidence import LONGEST
from temperament.labels import LABELS, Evidence

MANY = "立刻退款，马上处理，今天必须到账，少废话，叫经理来"
HOT = "你们的服務(wù)態(tài)度，气死我了！！！！！！立刻给我退款"


@pytest.mark.parametrize("message", [example.text for example in TOY[::5]] + [HOT, MANY])
def test_at_most_three_pieces_a_label_strongest_first(toy, message):
    """Few pieces, ordered by weight within their label, temperament before state."""
    found = toy.classify(message).evidence
    heads = ["temperament" if piece.label in LABELS["temperament"] else "state" for piece in found]
    assert heads == sorted(heads, reverse=True)
    for head in LABELS:
        weights = [piece.weight for piece, one in zip(found, heads, strict=True) if one == head]
        assert len(weights) <= 3
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


def test_further_pieces_matter(default, real_messages):
    """After the strongest piece of a label only those are shown that weigh at least 0.01."""
    for reading in default.classify_many(real_messages[:300]):
        for label in {piece.label for piece in reading.evidence}:
            weights = [piece.weight for piece in reading.evidence if piece.label == label]
            assert all(weight >= 0.01 for weight in weights[1:])


def test_very_long_texts_have_no_evidence(toy):
    """Over 20,000 characters no single piece carries the label."""
    sentence = "立刻给我退款！今天必须到账，少废话！"
    assert toy.classify(sentence * 1000).evidence
    long = toy.classify(sentence * 1200)
    assert long.state == "angry"
    assert long.evidence == ()


def test_pieces_are_not_longer_than_allowed(toy):
    """A joined piece has at most LONGEST folded characters, a single word aside."""
    text = "立刻立刻立刻马上马上马上今天必须今天必须少废话少废话"
    pieces = toy.classify(text).evidence
    assert pieces
    assert all(len(piece.text) <= LONGEST for piece in pieces)


def test_a_long_push_is_cut_at_the_longest_piece():
    """Neighbouring words that all push are cut when the piece would grow beyond LONGEST characters."""
    text = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"
    tokens = [(at, at + 2) for at in range(0, len(text), 2)]
    spans = evidence._merge(tokens, np.ones(len(text)), text)
    assert spans == [(0, evidence.LONGEST), (evidence.LONGEST, len(text))]


def test_pieces_end_with_their_sentence():
    """A mark closes a piece; what follows begins a new one, and weak tokens are left out."""
    text = "管不管!再说,好"
    tokens = [(0, 3), (3, 4), (4, 6), (6, 7), (7, 8)]
    scores = np.array([1, 1, 1, 1, 1, 1, 9, 0.01])
    assert evidence._merge(tokens, scores[: len(text)], text) == [(0, 4), (4, 6)]


def test_only_what_matters_is_kept_beside_the_strongest():
    """The strongest piece with words always stays; further ones need a fall of at least 0.01; bare marks come last."""
    pieces = [
        Evidence(0, 1, text, "angry", fall) for text, fall in (("!!", 0.4), ("气", 0.3), ("死", 0.005), ("人", 0.02))
    ]
    kept = evidence._strongest({(0, "state"): pieces}, 0)
    assert [piece.text for piece in kept] == ["气", "人"]
    assert [piece.text for piece in evidence._strongest({(0, "state"): pieces[2:3]}, 0)] == ["死"]


def test_scores_are_against_the_other_labels(toy):
    """An n-gram that pushes every label alike explains none of them: over all labels the pushes sum to nothing."""
    model = toy.model
    total = sum(
        evidence._character_scores(model, "立刻退款，少废话！", "state", label) for label in model.heads["state"].labels
    )
    assert np.allclose(total, 0, atol=1e-5)
