"""Agreement of annotators: published examples, small ones by hand, and every way to write votes down."""

import json

import numpy as np
import openpyxl
import pytest

from temperament.datasets import read_rows
from temperament.errors import InputError, UsageError
from temperament.evaluate.agreement import agreement, fleiss_kappa, gold_rows, krippendorff_alpha, vote_counts
from temperament.evaluate.annotators import read_annotations
from temperament.evaluate.gold import read_gold

FLEISS_1971 = """
0 0 0 6 0|0 3 0 0 3|0 1 4 0 1|0 0 0 0 6|0 3 0 3 0|2 0 4 0 0|0 0 4 0 2|2 0 3 1 0|2 0 0 4 0|0 0 0 0 6
1 0 0 5 0|1 1 0 4 0|0 3 3 0 0|1 0 0 5 0|0 2 0 3 1|0 0 5 0 1|3 0 0 1 2|5 1 0 0 0|0 2 0 4 0|1 0 2 0 3
0 0 0 0 6|0 1 0 5 0|0 2 0 1 3|2 0 0 4 0|1 0 0 4 1|0 5 0 1 0|4 0 0 0 2|0 2 0 4 0|1 0 5 0 0|0 0 0 0 6
"""
"""30 patients, each diagnosed by six psychiatrists: depression, personality disorder, schizophrenia, neurosis, other."""
WIKIPEDIA = """
0 0 0 0 14|0 2 6 4 2|0 0 3 5 6|0 3 9 2 0|2 2 8 1 1|7 7 0 0 0|3 2 6 3 0|2 5 3 2 2|6 5 2 1 0|0 2 2 3 7
"""
"""Ten subjects, fourteen raters, five categories: the worked example of the article on Fleiss' kappa."""
KRIPPENDORFF_2011 = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
"""Four observers, twelve units, five values, some missing (section C of the paper)."""


def counts(text):
    """Return a table of counts."""
    return np.array(
        [[int(one) for one in row.split()] for line in text.strip().splitlines() for row in line.split("|")]
    )


@pytest.fixture
def lines(tmp_path):
    """Write rows as JSON lines."""

    def make(*rows, name="a.jsonl"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return path

    return make


@pytest.mark.parametrize(("table", "kappa"), [(FLEISS_1971, 0.430), (WIKIPEDIA, 0.210)])
def test_fleiss_kappa_as_published(table, kappa):
    """The paper's own example, and the textbook one."""
    assert fleiss_kappa(counts(table)) == pytest.approx(kappa, abs=0.0005)


def test_krippendorff_alpha_as_published():
    """The paper gives 0.743 for values without order."""
    units = zip(*KRIPPENDORFF_2011, strict=True)
    votes = [[None if vote == "." else vote for vote in unit] for unit in units]
    assert krippendorff_alpha(vote_counts(votes, "12345")) == pytest.approx(0.743, abs=0.0005)


def test_krippendorff_alpha_of_two_annotators():
    """Section A of the paper: two observers, ten units, two values, six agreements: alpha 0.095."""
    first, second = "0100000010", "1110010000"
    votes = list(zip(first, second, strict=True))
    assert krippendorff_alpha(vote_counts(votes, "01")) == pytest.approx(0.095, abs=0.0005)


def test_messages_with_one_vote_do_not_count():
    """They tell nothing about agreement."""
    votes = [("a", "a"), ("a", "b"), ("b", "b")]
    assert krippendorff_alpha(vote_counts([*votes, ("a", None), (None, None)], "ab")) == krippendorff_alpha(
        vote_counts(votes, "ab")
    )


def test_one_label_only_is_undefined():
    """Where nobody ever says anything else, chance agrees for sure."""
    table = vote_counts([("a", "a")] * 3, "a")
    assert (fleiss_kappa(table), krippendorff_alpha(table)) == (None, None)
    assert fleiss_kappa(np.zeros((0, 2), int)) is None


def test_perfect_agreement_is_one():
    """All measures are 1, and there is nothing to disagree on."""
    table = vote_counts([("a", "a", "a"), ("b", "b", "b")], "ab")
    assert (fleiss_kappa(table), krippendorff_alpha(table)) == (1, 1)


@pytest.fixture
def three(lines):
    """Four messages by three annotators: two unanimous, one with a majority, one three-way tie with a blank in it."""
    rows = [
        {"id": "a", "text": "甲", "state_ann": "angry", "state_ben": "生气", "state_cy": "愤怒"},
        {"id": "b", "text": "乙", "state_ann": "calm", "state_ben": "calm", "state_cy": "calm"},
        {"id": "c", "text": "丙", "state_ann": "angry", "state_ben": "calm", "state_cy": "angry"},
        {"id": "d", "text": "丁", "state_ann": "angry", "state_ben": "calm", "state_cy": ""},
        {"id": "e", "text": "戊", "state_ann": "angry", "state_ben": "", "state_cy": ""},
    ]
    return read_annotations([lines(*rows)])


def test_measures_by_hand(three):
    """Four messages count; agreeing pairs are 1, 1, 1/3 and 0."""
    (one,) = agreement(three, 100)
    assert (one.head, one.annotators, one.messages, one.complete) == ("state", ("ann", "ben", "cy"), 4, 3)
    assert one.percent == pytest.approx((1 + 1 + 1 / 3 + 0) / 4)
    assert (one.unanimous, one.ties) == (0.5, 1)
    low, high = one.intervals["percent"]
    assert 0 <= low < one.percent < high <= 1
    assert agreement(three, 0)[0].intervals == {}


def test_pairs_by_hand(three):
    """Ann and Ben share four messages and agree on two; Cohen's kappa of (3, 1) and (1, 3) with 2 of 4 is 0.2."""
    (one,) = agreement(three, 0)
    pair = one.pairs[0]
    assert (pair.first, pair.second, pair.messages, pair.percent) == ("ann", "ben", 4, 0.5)
    assert pair.kappa == pytest.approx((0.5 - 0.375) / (1 - 0.375))
    assert [(each.first, each.second, each.messages, each.percent) for each in one.pairs[1:]] == [
        ("ann", "cy", 3, 1),
        ("ben", "cy", 3, pytest.approx(2 / 3)),
    ]
    assert one.cohen == pytest.approx(np.mean([each.kappa for each in one.pairs]))


def test_specific_agreement_by_hand(three):
    """Angry: votes 3, 2 and 1 of 3, 3 and 2, so (6 + 2) of (6 + 4 + 1) ordered pairs; calm: 6 of 6 + 2 + 1."""
    (one,) = agreement(three, 0)
    found = {each.label: (each.share, each.specific) for each in one.classes}
    assert found["angry"] == pytest.approx((6 / 11, 8 / 11))
    assert found["calm"] == pytest.approx((5 / 11, 6 / 9))


def test_specific_agreement_of_two_is_the_f1(lines):
    """With two annotators it is the F1 of either against the other."""
    rows = [{"text": str(number), "votes_s": list(pair)} for number, pair in enumerate(["ab", "aa", "bb", "aa", "ba"])]
    (one,) = agreement(read_annotations([lines(*rows)]), 0)
    assert {each.label: each.specific for each in one.classes} == pytest.approx({"a": 4 / 6, "b": 2 / 4})


def test_disagreements_and_the_majority(three):
    """Messages that are not unanimous, with all votes; a tie has no gold."""
    (one,) = agreement(three, 0)
    assert [(each.id, each.votes, each.gold) for each in one.disagreements] == [
        ("c", ("angry", "calm", "angry"), "angry"),
        ("d", ("angry", "calm", None), ""),
    ]
    rows = gold_rows(three)
    assert [row["state"] for row in rows] == ["angry", "calm", "angry", None, "angry"]
    assert [row["ties"] for row in rows] == [[], [], [], ["angry", "calm"], []]
    assert "temperament" not in rows[0]


def same(annotations):
    """Return what was read, without names of annotators."""
    return [(one.text, one.votes["state"]) for one in annotations.items]


EXPECTED = [("甲", ("angry", "angry")), ("乙", ("calm", "angry")), ("丙", ("anxious", "anxious"))]


@pytest.mark.parametrize(
    "rows",
    [
        [{"text": text, "votes_s": list(votes)} for text, votes in EXPECTED],
        [{"text": text, "votes_s": "; ".join(votes)} for text, votes in EXPECTED],
        [{"text": text, "state_1": votes[0], "state_2": votes[1]} for text, votes in EXPECTED],
        [{"文本": text, "小王_情绪": votes[0], "小李_情绪": votes[1]} for text, votes in EXPECTED],
        [
            {"text": text, "annotator": who, "state": votes[place]}
            for place, who in enumerate(("王", "李"))
            for text, votes in EXPECTED
        ],
    ],
    ids=["lists", "texts", "columns", "names", "rows"],
)
def test_every_way_to_write_votes(lines, rows):
    """Lists, columns, one row an annotation: the same votes."""
    assert same(read_annotations([lines(*rows)])) == EXPECTED


def test_one_file_an_annotator(lines):
    """Files are joined by id, whatever their order; who lacks a message gave it no label."""
    first = lines({"id": 1, "text": "甲", "state": "angry"}, {"id": 2, "text": "乙", "state": "calm"}, name="王.jsonl")
    second = lines({"id": 2, "text": "乙", "state": "愤怒"}, {"id": 3, "text": "丙", "state": "calm"}, name="李.jsonl")
    found = read_annotations([first, second])
    assert found.annotators["state"] == ("王", "李")
    assert same(found) == [("甲", ("angry", None)), ("乙", ("calm", "angry")), ("丙", (None, "calm"))]
    assert agreement(found, 0)[0].messages == 1


def test_files_without_ids_are_joined_by_text(lines):
    """The message itself tells which is which."""
    first = lines({"text": "甲", "state": "angry"}, {"text": "乙", "state": "calm"}, name="1.jsonl")
    second = lines({"text": "乙", "state": "calm"}, {"text": "甲", "state": "angry"}, name="2.jsonl")
    assert same(read_annotations([first, second])) == [("甲", ("angry", "angry")), ("乙", ("calm", "calm"))]


def test_both_heads_from_one_file(lines):
    """Temperaments and states are measured apart."""
    row = {"text": "甲", "votes_t": ["choleric", "unclear"], "votes_s": ["angry", "angry"]}
    assert [(one.head, one.percent) for one in agreement(read_annotations([lines(row)]), 0)] == [
        ("temperament", 0),
        ("state", 1),
    ]


def test_named_columns(lines):
    """Columns with any name; their labels tell which head they are of."""
    path = lines({"text": "甲", "王": "愤怒", "李": "平稳", "张": "愤怒"})
    found = read_annotations([path], ["王", "李", "张"])
    assert found.annotators == {"temperament": (), "state": ("王", "李", "张")}
    assert found.items[0].votes["state"] == ("angry", "calm", "angry")
    with pytest.raises(UsageError, match="赵"):
        read_annotations([path], ["王", "赵"])


def test_labels_the_codebook_does_not_know_are_labels_too(lines):
    """Agreement does not ask what labels mean."""
    (one,) = agreement(
        read_annotations(
            [lines({"text": "甲", "votes_s": ["happy", "happy"]}, {"text": "乙", "votes_s": ["sad", "calm"]})]
        ),
        0,
    )
    assert one.labels == ("calm", "happy", "sad")
    assert one.percent == 0.5


def test_one_annotator_is_refused(lines):
    """The error names the columns there are and what would do."""
    with pytest.raises(InputError) as caught:
        read_annotations([lines({"text": "甲", "state": "calm"})])
    for message in (caught.value.zh, caught.value.en):
        for words in ("votes_t", "state_1", "annotator", "text", "--columns"):
            assert words in message


def test_two_labels_by_one_annotator_are_refused(lines):
    """One message, one annotator, two labels: the error names all of them."""
    rows = [{"id": "x", "annotator": "王", "state": state} for state in ("calm", "angry")]
    with pytest.raises(InputError, match=r"王.*x.*calm.*angry"):
        read_annotations([lines(*rows)])


def test_empty_files_are_refused(lines):
    """The empty one is named."""
    with pytest.raises(InputError, match=r"b\.jsonl"):
        read_annotations([lines({"text": "甲", "state": "calm"}), lines(name="b.jsonl")])


def test_no_message_in_common(lines):
    """Nothing to measure is said, with the number of messages."""
    found = read_annotations([lines({"id": 1, "state": "calm"}), lines({"id": 2, "state": "calm"}, name="b.jsonl")])
    with pytest.raises(InputError) as caught:
        agreement(found)
    assert "2 条消息里没有一条" in caught.value.zh
    assert "None of the 2 messages" in caught.value.en


def test_a_workbook(tmp_path):
    """Columns of a workbook, blanks among them."""
    workbook = openpyxl.Workbook()
    for row in (["文本", "情绪1", "情绪2"], ["甲", "愤怒", "平稳"], ["乙", "焦急", None]):
        workbook.active.append(row)
    workbook.save(tmp_path / "a.xlsx")
    assert same(read_annotations([tmp_path / "a.xlsx"])) == [("甲", ("angry", "calm")), ("乙", ("anxious", None))]


@pytest.mark.parametrize("name", ["gold.jsonl", "gold.csv", "gold.xlsx"])
def test_the_majority_goes_back_in(three, tmp_path, name):
    """What agreement writes, evaluate reads: labels, votes and ties."""
    from temperament.datasets import table_bytes

    path = tmp_path / name
    path.write_bytes(table_bytes(gold_rows(three), path))
    found = read_gold(path)
    assert [(one.id, one.state) for one in found] == [
        ("a", "angry"),
        ("b", "calm"),
        ("c", "angry"),
        ("d", None),
        ("e", "angry"),
    ]
    assert found[3].ties["state"] == ("angry", "calm")
    assert len(read_rows(path)) == 5


def test_the_real_annotators(shared):
    """Three annotators of the public messages: Cohen's kappas as the labels' own notes give them, 0.74 to 0.93."""
    temperament, state = agreement(read_annotations([shared / "labels" / "real_dev.jsonl"]), 0)
    assert all(0.74 <= pair.kappa <= 0.86 for pair in temperament.pairs)
    assert all(0.87 <= pair.kappa <= 0.93 for pair in state.pairs)
    assert temperament.krippendorff == pytest.approx(temperament.fleiss, abs=0.001)
