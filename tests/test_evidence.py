"""Which pieces of a message are offered as evidence."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import TOY

from temperament import evidence
from temperament.evidence import LONGEST
from temperament.labels import LABELS, Evidence, Reading

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
    total = sum(model.pushes([("立刻退款,少废话!", "state", label)])[0] for label in model.heads["state"].labels)
    assert np.allclose(total, 0, atol=1e-5)


class Pusher:
    """A model of which only the pushes are known: every character in ``hot`` pushes by one."""

    def __init__(self, hot):
        """Take the characters that push, and note what is asked."""
        self.hot, self.asked = hot, []

    def pushes(self, asked):
        """Push where a character is hot."""
        self.asked.extend(asked)
        return [np.array([float(character in self.hot) for character in text]) for text, _, _ in asked]


def reading_of(text, falls):
    """Return an angry reading whose probability is what the pieces that are still in the text add up to."""
    reading = Reading.of(state="angry", text=text)
    chance = sum(fall for piece, fall in falls.items() if piece in text)
    return replace(reading, state_probabilities=reading.state_probabilities | {"angry": chance})


def explain(text, hot, falls):
    """Explain one text with a made-up model."""
    readings = [reading_of(text, falls)]
    pusher = Pusher(hot)
    (found,) = evidence.explain(pusher, readings, lambda texts: tables_of([reading_of(one, falls) for one in texts]))
    return found.evidence, pusher


def tables_of(readings):
    """Return the probabilities of readings as tables."""
    return {
        head: np.array([list(getattr(one, f"{head}_probabilities").values()) for one in readings]) for head in LABELS
    }


def test_any_model_that_pushes_will_do():
    """Evidence asks a model for its pushes alone; what is shown is what the answer loses without the piece."""
    found, pusher = explain("退款，少废话！", "退款少废话", {"退款": 0.25, "少废话": 0.5})
    assert [(piece.text, piece.weight, piece.label) for piece in found] == [
        ("少废话", 0.5, "angry"),
        ("退款", 0.25, "angry"),
    ]
    assert pusher.asked == [("退款,少废话!", "state", "angry")]


def test_what_pushes_but_changes_nothing_is_no_evidence():
    """However much a piece pushes, it has to lower the label when it is deleted."""
    found, _ = explain("退款，少废话！", "退款少废话", {"少废话": 0.5})
    assert [piece.text for piece in found] == ["少废话"]


def test_pieces_lie_in_the_original():
    """Pushes are found in folded text, pieces in the original."""
    found, _ = explain("退款(tuì)！少廢(fèi)話！", "少废话", {"少廢(fèi)話": 0.5})
    assert [(piece.start, piece.end, piece.text) for piece in found] == [(8, 16, "少廢(fèi)話")]


@pytest.mark.parametrize("reading", [replace(Reading.of(state="angry", text="好的"), reason="no_cue"), Reading.of()])
def test_no_pushes_are_asked_for_without_a_label(reading):
    """Texts that could not be read and neutral labels cost nothing."""
    pusher, readings = Pusher("好"), [reading]
    assert evidence.explain(pusher, readings, pytest.fail) == readings
    assert pusher.asked == []
