"""The corpus and the public labels hold what data/README.md promises."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from temperament.datasets import is_test_id
from temperament.labels import STATES, TEMPERAMENTS

DATA = Path(__file__).resolve().parent.parent / "data"
sys.path.insert(0, str(DATA))
import check_corpus  # noqa: E402
import join_public  # noqa: E402

PARTS = {part: check_corpus.read(DATA / "corpus" / f"{part}.jsonl") for part in ("train", "test")}
ROWS = [row for rows in PARTS.values() for row in rows]
READINGS = {row["id"]: row for row in check_corpus.read(DATA / "readings.jsonl")}
FIELDS = ["id", "text", "temperament", "state", "also", "channel", "industry", "turns"]
CHANNELS = {"phone", "chat", "review", "letter", "social", "form", "sms"}


def test_every_message_has_the_fields_and_known_labels():
    """Fields, labels, channels and turns are as the datasheet says."""
    for row in ROWS:
        assert list(row) == FIELDS, row["id"]
        assert row["temperament"] in TEMPERAMENTS
        assert row["state"] in STATES
        assert set(row["also"]) <= set(STATES) - {"calm", row["state"]}, row["id"]
        assert row["channel"] in CHANNELS
        assert row["text"].strip() == row["text"] != ""
        assert isinstance(row["turns"], int)
        assert row["turns"] >= 1


def test_all_cells_are_filled():
    """At least 1,500 messages, and at least 40 in each of the 25 cells."""
    cells = Counter((row["temperament"], row["state"]) for row in ROWS)
    assert len(ROWS) >= 1500
    assert len(cells) == 25
    assert min(cells.values()) >= 40


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


@pytest.mark.parametrize("name", ["real_train", "real_dev"])
def test_public_labels_hold_no_text(name):
    """Labels on public texts are id + label only."""
    for row in check_corpus.read(DATA / "public" / f"{name}_labels.jsonl"):
        assert set(row) <= {"id", "source", "kind", "temperament", "state", "also", "votes_t", "votes_s"}


def test_masking():
    """Masking hides addresses, links and numbers and shrinks blanks."""
    text = " 邮箱a.b@c.com  电话13812345678 单号1234567890 见https://x.cn/a?b=1 短号10086 "
    assert join_public.mask(text) == "邮箱[邮箱] 电话[电话] 单号[编号] 见[链接] 短号10086"


def test_joining_reviews_and_dialogues(tmp_path):
    """The script joins CSV reviews and JSON dialogues by id, keeps the order, and says what is missing."""
    (tmp_path / "waimai.csv").write_text("label,review\n0,  太慢  了\n", encoding="utf-8-sig")
    turns = [{"sender": "customer", "utterances": ["在吗", "急"]}, {"sender": "helpdesk", "utterances": ["在"]}]
    (tmp_path / "stc3.json").write_text(json.dumps([{"turns": [*turns, turns[0]]}]), encoding="utf-8")
    texts = [("stc3", "在吗 急\n在吗 急"), ("waimai", "太慢 了"), ("htl", "没有这条")]
    labels = [{"id": join_public.identifier(source, text), "source": source, "kind": "x"} for source, text in texts]
    (tmp_path / "labels.jsonl").write_text("\n".join(json.dumps(row) for row in labels), encoding="utf-8")
    options = ["--stc3", "stc3.json", "--waimai", "waimai.csv", "-o", "joined.jsonl"]
    done = subprocess.run(
        [sys.executable, DATA / "join_public.py", "labels.jsonl", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "2 of 3 labels joined, 1 without text" in done.stderr
    joined = [json.loads(line) for line in (tmp_path / "joined.jsonl").read_text("utf-8").splitlines()]
    assert [row["text"] for row in joined] == ["在吗 急\n在吗 急", "太慢 了"]


def test_joining_gives_the_labelled_texts_back(shared):
    """Joined with the public dialogues, the labels give byte for byte the rows of real_train and real_dev."""
    texts = join_public.texts_by_id({"stc3": shared / "conversations" / "helpdesk.jsonl.gz"})
    for name in ("real_train", "real_dev"):
        labels = check_corpus.read(DATA / "public" / f"{name}_labels.jsonl")
        rows = check_corpus.read(shared / "labels" / f"{name}.jsonl")
        assert [{k: v for k, v in row.items() if k != "text"} for row in rows] == labels
        assert join_public.join(labels, texts) == [row for row in rows if row["source"] == "stc3"]


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
