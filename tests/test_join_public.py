"""The public labels find their texts in anybody's copy of the public collections."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parent.parent / "data"
sys.path.insert(0, str(DATA))
import join_public  # noqa: E402


def labels_of(name):
    """Read a label file of the repository."""
    return join_public.read_json_lines(DATA / "public" / f"{name}_labels.jsonl")


def write_labels(folder, texts):
    """Write a label file for (source, text) pairs."""
    rows = [{"id": join_public.identifier(*pair), "source": pair[0], "kind": "x"} for pair in texts]
    (folder / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def run(folder, *options):
    """Run the script in a folder and return what it said and the joined rows."""
    done = subprocess.run(
        [sys.executable, DATA / "join_public.py", "labels.jsonl", "-o", "joined.jsonl", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done, join_public.read_json_lines(folder / "joined.jsonl")


def test_masking():
    """Masking hides addresses, links and numbers and shrinks blanks."""
    text = " 邮箱a.b@c.com  电话13812345678 单号1234567890 见https://x.cn/a?b=1 短号10086 "
    assert join_public.mask(text) == "邮箱[邮箱] 电话[电话] 单号[编号] 见[链接] 短号10086"


def test_joining_tables_and_dialogues(tmp_path):
    """CSV reviews and JSON dialogues are joined by id, in the order of the labels; what is missing is said."""
    (tmp_path / "waimai.csv").write_text("label,review\n0,  太慢  了\n", encoding="utf-8-sig")
    turns = [{"sender": "customer", "utterances": ["在吗", "急"]}, {"sender": "helpdesk", "utterances": ["在"]}]
    (tmp_path / "stc3.json").write_text(json.dumps([{"turns": [*turns, turns[0]]}]), encoding="utf-8")
    write_labels(tmp_path, [("stc3", "在吗 急\n在吗 急"), ("waimai", "太慢 了"), ("htl", "没有这条")])
    done, joined = run(tmp_path, "--stc3", "stc3.json", "--waimai", "waimai.csv")
    assert done.returncode == 1
    assert "2 of 3 labels joined, 1 without text" in done.stderr
    assert [row["text"] for row in joined] == ["在吗 急\n在吗 急", "太慢 了"]


def test_grades_go_to_their_rows(tmp_path):
    """A row whose id stands in the file of grades gets them; the other rows stay as they are."""
    (tmp_path / "waimai.csv").write_text("label,review\n0,太慢\n1,好吃\n", encoding="utf-8")
    write_labels(tmp_path, [("waimai", "太慢"), ("waimai", "好吃")])
    graded = {"id": join_public.identifier("waimai", "好吃"), "grades": "0" * 13, "temperament": "unclear"}
    (tmp_path / "grades.jsonl").write_text(json.dumps(graded), encoding="utf-8")
    done, joined = run(tmp_path, "--waimai", "waimai.csv", "--grades", "grades.jsonl")
    assert done.returncode == 0
    assert [row.get("grades") for row in joined] == [None, "0" * 13]
    assert "temperament" not in joined[1]


@pytest.mark.parametrize("name", ["reviews.jsonl", "reviews.jsonl.gz"])
def test_joining_reviews_of_several_collections(tmp_path, name):
    """JSON lines with source and text are read plain and packed; the source is part of the id."""
    rows = [
        {"source": "htl", "positive": False, "text": "前台\u2028电话13812345678"},
        {"source": "waimai", "positive": True, "text": "好吃"},
    ]
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    write_labels(tmp_path, [("waimai", "好吃"), ("htl", "前台\u2028电话[电话]"), ("shopping", "好吃")])
    done, joined = run(tmp_path, "--reviews", name)
    assert done.returncode == 1
    assert "2 of 3 labels joined" in done.stderr
    assert [(row["source"], row["text"]) for row in joined] == [("waimai", "好吃"), ("htl", "前台\u2028电话[电话]")]


def test_hotel_reviews_stand_in_two_collections(tmp_path):
    """A hotel review listed once under one of its two collections is found under the other, no other review is."""
    rows = [
        {"source": "htl", "text": "房间小"},
        {"source": "shopping", "text": "早餐差"},
        {"source": "waimai", "text": "冷了"},
    ]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "reviews.jsonl").write_text(lines, encoding="utf-8")
    write_labels(tmp_path, [("shopping", "房间小"), ("htl", "早餐差"), ("shopping", "冷了")])
    _, joined = run(tmp_path, "--reviews", "reviews.jsonl")
    assert [row["text"] for row in joined] == ["房间小", "早餐差"]


def test_dialogues_as_packed_json_lines(tmp_path):
    """Dialogues are read from packed JSON lines, too, and keep all fields of the label."""
    line = json.dumps({"turns": [{"sender": "customer", "utterances": ["在吗"]}]}) + "\n"
    (tmp_path / "stc3.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    write_labels(tmp_path, [("stc3", "在吗")])
    done, joined = run(tmp_path, "--stc3", "stc3.jsonl.gz")
    assert (done.returncode, done.stderr) == (0, "1 of 1 labels joined, 0 without text\n")
    assert joined == [{"id": join_public.identifier("stc3", "在吗"), "source": "stc3", "kind": "x", "text": "在吗"}]


@pytest.fixture(scope="module")
def public_units(shared):
    """The units of the public dialogues and of the unlabelled reviews, by id."""
    copies = {
        "stc3": shared / "conversations" / "helpdesk.jsonl.gz",
        "reviews": shared / "unlabelled" / "reviews.jsonl.gz",
    }
    return join_public.units_by_id(copies)


def test_joining_gives_the_labelled_texts_back(shared, public_units):
    """Joined with the public texts, the labels give the rows of real_train, and the dialogues of real_dev."""
    for name, sources in (("real_train", set(join_public.COPIES)), ("real_dev", {"stc3"})):
        labels = labels_of(name)
        rows = join_public.read_json_lines(shared / "labels" / f"{name}.jsonl")
        assert [{k: v for k, v in row.items() if k != "text"} for row in rows] == labels
        joined = join_public.join([row for row in labels if row["source"] in sources], public_units)
        assert joined == [row for row in rows if row["source"] in sources]


@pytest.mark.parametrize("name", ["more", "second"])
def test_newer_labels_join_completely(name, public_units):
    """Every label read by a language model finds its text in the dialogues and the unlabelled reviews."""
    labels = labels_of(name)
    joined = join_public.join(labels, public_units)
    assert [row["id"] for row in joined] == [row["id"] for row in labels]
    assert all(row["text"].strip() for row in joined)
    assert all(join_public.identifier(row["source"], row["text"]) == row["id"] for row in joined)


def test_complaints_apart(tmp_path):
    """Whole cases of dissatisfied customers and bad reviews go to a file of their own; single later turns stay."""
    says = [{"sender": "customer", "utterances": [text]} for text in ("太慢", "还没好")]
    dialogues = [
        {"turns": says, "satisfaction": [-1, -2, 1]},
        {"turns": [{"sender": "customer", "utterances": ["谢谢"]}], "annotations": [{"quality": {"S": 2}}]},
        {"turns": [{"sender": "customer", "utterances": ["不好"]}], "annotations": [{"quality": {"S": -1}}]},
        {"turns": [{"sender": "customer", "utterances": ["没有分数"]}]},
    ]
    (tmp_path / "stc3.json").write_text(json.dumps(dialogues), encoding="utf-8")
    (tmp_path / "htl.csv").write_text("label,review\n0,房间小\n1,床大\n", encoding="utf-8")
    texts = [("stc3", text) for text in ("太慢", "还没好", "太慢\n还没好", "谢谢", "不好", "没有分数")]
    write_labels(tmp_path, [*texts, ("htl", "房间小"), ("htl", "床大")])
    rows = join_public.read_json_lines(tmp_path / "labels.jsonl")
    rows[1]["kind"] = join_public.TURN
    join_public.write_json_lines(tmp_path / "labels.jsonl", rows)
    done, rest = run(tmp_path, "--stc3", "stc3.json", "--htl", "htl.csv", "--complaints", "bad.jsonl")
    assert done.stderr == "8 of 8 labels joined, 0 without text\n"
    apart = join_public.read_json_lines(tmp_path / "bad.jsonl")
    assert [row["text"] for row in apart] == ["太慢", "太慢\n还没好", "不好", "房间小"]
    assert [row["text"] for row in rest] == ["还没好", "谢谢", "没有分数", "床大"]
