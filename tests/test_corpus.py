"""The corpus and the public labels hold what data/README.md promises."""

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from temperament.datasets import is_test_id
from temperament.grades import shares
from temperament.labels import STATES, TEMPERAMENTS

DATA = Path(__file__).resolve().parent.parent / "data"
sys.path.insert(0, str(DATA))
import check_corpus  # noqa: E402
import find_label_errors  # noqa: E402

PARTS = {part: check_corpus.read(DATA / "corpus" / f"{part}.jsonl") for part in ("train", "test")}
ROWS = [row for rows in PARTS.values() for row in rows]
READINGS = {row["id"]: row for row in check_corpus.read(DATA / "readings.jsonl")}
PUBLIC = {
    name: check_corpus.read(DATA / "public" / f"{name}_labels.jsonl")
    for name in ("real_train", "real_dev", "more", "second", "later")
}
VOTES = check_corpus.read(DATA / "public" / "votes_labels.jsonl")
FIELDS = ["id", "text", "temperament", "state", "also", "channel", "industry", "turns", "genre"]


def test_every_message_has_the_fields_and_known_labels():
    """Fields, labels, channels and turns are as the datasheet says."""
    for row in ROWS:
        assert list(row) == FIELDS, row["id"]
        assert row["temperament"] in TEMPERAMENTS
        assert row["state"] in STATES
        assert set(row["also"]) <= set(STATES) - {"calm", row["state"]}, row["id"]
        assert row["channel"] in check_corpus.CHANNELS
        assert row["text"].strip() == row["text"] != ""
        assert isinstance(row["turns"], int)
        assert row["turns"] >= 1


def test_all_cells_are_filled():
    """At least 6,000 messages, and at least 100 in each of the 25 cells."""
    cells = Counter((row["temperament"], row["state"]) for row in ROWS)
    assert len(ROWS) >= 6000
    assert len(cells) == 25
    assert min(cells.values()) >= 100


def test_every_genre_is_there():
    """Every genre has at least 100 messages; the tags that follow from the row itself do so."""
    counts = Counter(genre for row in ROWS for genre in row["genre"])
    assert set(counts) == set(check_corpus.GENRES)
    assert min(counts.values()) >= 100
    for row in ROWS:
        assert row["genre"] == [genre for genre in check_corpus.GENRES if genre in row["genre"]], row["id"]
        assert set(row["genre"]) & set(check_corpus.CHANNELS) == {row["channel"]}
        assert ("multi_turn" in row["genre"]) == (row["turns"] > 1)
        assert ("traditional" in row["genre"]) == check_corpus.is_traditional(row["text"])


def test_traditional_script_and_cue_words_are_seen():
    """Two different Traditional characters make a text Traditional; a cue word counts in either script and width."""
    assert check_corpus.is_traditional("請問訂單")
    assert not check_corpus.is_traditional("请问嗰张单，嗰阵")
    assert check_corpus.has_cue("太差了！！")
    assert check_corpus.has_cue("叫經理來")
    assert not check_corpus.has_cue("请问几点开门!")


def test_a_third_was_written_without_any_cue_word():
    """At least a third of the messages were cast to have none of the codebook's cue words and do have none."""
    free = [row for row in ROWS if "no_cue" in row["genre"] and not check_corpus.has_cue(row["text"])]
    assert len(free) * 3 >= len(ROWS)


def test_ids_are_unique_and_decide_the_part():
    """The split into train and test follows from the id alone."""
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    for part, rows in PARTS.items():
        assert all(is_test_id(row["id"]) == (part == "test") for row in rows)


def test_every_message_was_read_twice_and_settled():
    """Both readings of every message are kept; where they agree, the label is theirs."""
    for row in ROWS:
        reading = READINGS[row["id"]]
        assert reading["outcome"] in {"agreed", "settled"}
        if reading["outcome"] == "agreed":
            for who in ("first", "second"):
                assert (reading[who]["temperament"], reading[who]["state"]) == (row["temperament"], row["state"])


def test_the_datasheet_quotes_what_is_measured(capsys):
    """No two messages are 80 % alike, and data/README.md shows the measures as they are."""
    assert check_corpus.main() == 0
    quoted = (DATA / "README.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in capsys.readouterr().out.splitlines() if line not in quoted] == []


def test_near_duplicates_are_found_where_there_are_some():
    """The measure finds a sentence in two variants."""
    texts = ["你们的快递三天没动了，到底什么时候到", "今天天气不错", "你们的快递五天没动了，到底什么时候到"]
    assert [(i, j) for i, j, _ in check_corpus.near_duplicates(texts)] == [(0, 2)]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_labels_hold_no_text(name):
    """Labels on public texts are id + label only, known labels, each text once."""
    rows = PUBLIC[name]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row) <= {"id", "source", "kind", "temperament", "state", "also", "votes_t", "votes_s", "torn"}
        assert row["temperament"] in TEMPERAMENTS
        assert row["state"] in STATES
        assert set(row["also"]) <= set(STATES) - {"calm", row["state"]}, row["id"]


def test_new_public_labels_are_not_the_old_ones():
    """No text of real_train or of the measuring set real_dev was labelled again as a new one."""
    ids = {name: {row["id"] for row in rows} for name, rows in PUBLIC.items()}
    assert len(ids["more"]) == 4200
    assert not ids["more"] & (ids["real_train"] | ids["real_dev"])
    assert not ids["later"] & (ids["real_train"] | ids["real_dev"] | ids["more"])


def test_second_public_labels_join_the_first():
    """Every second label is one more vote on a text of real_train or more_labels, never on real_dev."""
    first = {row["id"]: row for name in ("real_train", "more") for row in PUBLIC[name]}
    assert len(PUBLIC["second"]) == 1500
    for row in PUBLIC["second"]:
        assert list(row) == ["id", "source", "kind", "temperament", "state", "also"]
        assert (row["source"], row["kind"]) == (first[row["id"]]["source"], first[row["id"]]["kind"])
    assert not {row["id"] for row in PUBLIC["second"]} & {row["id"] for row in PUBLIC["real_dev"]}


def test_votes_join_the_first_labels():
    """A vote is on a text of real_train or more_labels; 600 texts have three, none of them on real_dev."""
    first = {row["id"]: row for name in ("real_train", "more") for row in PUBLIC[name]}
    counts = Counter(row["id"] for row in VOTES)
    assert Counter(counts.values()) == {1: 3710, 3: 600}
    for row in VOTES:
        assert row["kind"] == first[row["id"]]["kind"]
        assert (row["temperament"] in TEMPERAMENTS, row["state"] in STATES) == (True, True)
    assert not set(counts) & {row["id"] for row in PUBLIC["real_dev"]}


def test_grades_join_the_public_labels():
    """Each graded text has one row of 13 digits and the reader's own labels; none is of real_dev."""
    rows = check_corpus.read(DATA / "public" / "grades.jsonl")
    ids = {row["id"] for row in rows}
    assert len(ids) == len(rows) == 17_207
    assert ids <= {row["id"] for name in ("real_train", "more", "later") for row in PUBLIC[name]}
    assert not ids & {row["id"] for row in PUBLIC["real_dev"]}
    for row in rows:
        assert list(row) == ["id", "grades", "temperament", "state"]
        assert len(shares(row["grades"])) == 13
        assert (row["temperament"] in TEMPERAMENTS, row["state"] in STATES) == (True, True)


@pytest.mark.parametrize(("name", "texts"), [("panel_labels", 1618), ("real_dev_readings", 397)])
def test_readings_for_measuring_have_three_votes(name, texts):
    """Three readers each, known labels, each text once."""
    rows = check_corpus.read(DATA / "public" / f"{name}.jsonl")
    assert len({row["id"] for row in rows}) == len(rows) == texts
    for row in rows:
        assert list(row) == ["id", "votes_t", "votes_s"]
        assert [len(row[key]) for key in ("votes_t", "votes_s")] == [3, 3]
        assert (set(row["votes_t"]) <= set(TEMPERAMENTS), set(row["votes_s"]) <= set(STATES)) == (True, True)


def test_readings_for_measuring_are_of_their_texts():
    """The panel read texts that training holds out, never real_dev; the readings of real_dev are of all of it."""
    panel, readings = (
        {row["id"] for row in check_corpus.read(DATA / "public" / f"{name}.jsonl")}
        for name in ("panel_labels", "real_dev_readings")
    )
    assert panel <= {row["id"] for name in ("real_train", "more") for row in PUBLIC[name]}
    assert readings == {row["id"] for row in PUBLIC["real_dev"]}


def test_every_writer_belongs_to_a_wave():
    """No message is left out of the agreement by wave."""
    assert {row["id"][0] for row in ROWS} == set("".join(check_corpus.WAVES.values()))


def test_second_corpus_labels_say_whether_they_agree():
    """``agrees`` is true where both labels of the later reader are those of the corpus."""
    labels = {row["id"]: (row["temperament"], row["state"]) for row in ROWS}
    second = check_corpus.read(DATA / "corpus_second.jsonl")
    assert len({row["id"] for row in second}) == len(second) == 200
    for row in second:
        assert list(row) == ["id", "temperament", "state", "also", "agrees"]
        assert row["agrees"] == ((row["temperament"], row["state"]) == labels[row["id"]]), row["id"]


def write_labelled(path, wrong):
    """Write sixty messages of two plain kinds, the first ``wrong`` of one kind under the label of the other."""
    words = ("第一", "昨天", "今天", "上午", "晚上", "周末", "刚才", "去年", "门口", "楼下")
    rows = [
        {
            "id": f"{state}{number}",
            "text": f"{words[number % 10]}{number}号{text}",
            "temperament": manner,
            "state": state,
        }
        for manner, state, text in (("choleric", "angry", "垃圾气死我了！！"), ("unclear", "calm", "请问几点开门"))
        for number in range(30)
    ]
    for row in rows[:wrong]:
        row["state"] = "calm"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def test_label_errors_are_found(tmp_path, monkeypatch):
    """Wrong labels put in on purpose are listed, and only they, with the right label suggested."""
    pytest.importorskip("cleanlab")
    write_labelled(tmp_path / "labelled.jsonl", 3)
    monkeypatch.setattr(sys, "argv", ["x", str(tmp_path / "labelled.jsonl"), "-o", str(tmp_path / "found.jsonl")])
    assert find_label_errors.main() == 0
    found = check_corpus.read(tmp_path / "found.jsonl")
    assert {row["id"] for row in found} == {"angry0", "angry1", "angry2"}
    for row in found:
        assert (row["head"], row["label"], row["suggested"]) == ("state", "calm", "angry")
        assert 0 <= row["quality"] < 0.5
    assert [row["quality"] for row in found] == sorted(row["quality"] for row in found)


def test_label_errors_are_not_sought_among_too_few(tmp_path, monkeypatch, capsys):
    """A label with fewer messages than folds is refused with its count."""
    pytest.importorskip("cleanlab")
    write_labelled(tmp_path / "labelled.jsonl", 27)
    monkeypatch.setattr(sys, "argv", ["x", str(tmp_path / "labelled.jsonl")])
    assert find_label_errors.main() == 3
    assert "angry 3" in capsys.readouterr().err


def test_without_cleanlab_the_message_says_how_to_get_it(tmp_path, monkeypatch, capsys):
    """Where cleanlab is missing, one plain line and exit code 2."""
    monkeypatch.setitem(sys.modules, "cleanlab", None)
    monkeypatch.setitem(sys.modules, "cleanlab.filter", None)
    monkeypatch.setattr(sys, "argv", ["x", str(tmp_path / "none.jsonl")])
    assert find_label_errors.main() == 2
    assert "pip install cleanlab" in capsys.readouterr().err


def test_corpus_holds_no_public_text(shared):
    """No corpus message is 80 % alike to a labelled public one."""
    from rapidfuzz import fuzz, process

    from temperament.text import fold

    public = [
        fold(row["text"]).text
        for name in ("real_train", "real_dev")
        for row in check_corpus.read(shared / "labels" / f"{name}.jsonl")
    ]
    own = [fold(row["text"]).text for row in ROWS]
    scores = process.cdist(own, public, scorer=fuzz.ratio, score_cutoff=check_corpus.NEAR, workers=-1)
    assert not scores.any()
