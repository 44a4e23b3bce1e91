"""``evaluate`` and ``agreement`` on the command line: formats, files, languages, and the numbers of the benchmark."""

import csv
import json
import re
from pathlib import Path

import pytest
from test_cli import labelled, run, start  # noqa: F401 (the fixture run)

from temperament.language import LANGUAGES

QUALITY = Path(__file__).resolve().parent.parent / "benchmarks" / "QUALITY.md"


@pytest.fixture
def table(tmp_path):
    """A table with states only: blanks, a foreign label and a column to group by."""
    path = tmp_path / "标注.csv"
    rows = [
        ("气死我了！！立刻退款！", "愤怒", "电话"),
        ("怎么还没到，急用", "焦急", "微信"),
        ("收到了，质量还可以", "平稳", "微信"),
        ("请问这个有货吗", "angry", "电话"),
        ("呵呵，真行", "", "微信"),
        ("太好了", "高兴", "电话"),
    ]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("内容", "情绪", "渠道"), *rows])
    return path


@pytest.fixture
def votes(tmp_path):
    """Three annotators of four messages, one of them with a tie."""
    path = tmp_path / "votes.jsonl"
    rows = [
        ("甲", ["angry"] * 3),
        ("乙", ["calm"] * 3),
        ("丙", ["calm", "calm", "angry"]),
        ("<b>丁|", ["angry", "calm"]),
    ]
    lines = (json.dumps({"text": text, "votes_s": given}, ensure_ascii=False) for text, given in rows)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_states_alone_are_scored(run, table):  # noqa: F811
    """Only states: no temperament, the foreign label and the blank are told, groups stand apart."""
    (report,) = run("evaluate", table, "--by", "渠道", "--bootstrap", "50", "--format", "json").objects
    assert (report["file"], report["model"], report["messages"]) == ("标注.csv", "default", 6)
    assert report["temperament"] is None
    assert report["also"] is None
    assert report["state"]["messages"] == 4
    assert report["left_out"][1]["unlabelled"] == 1
    assert report["left_out"][1]["extra"][0]["label"] == "高兴"
    assert [(one["value"], one["messages"]) for one in report["groups"]] == [("微信", 2), ("电话", 2)]
    assert set(report["state"]["intervals"]) == {"accuracy", "balanced_accuracy", "macro_f1", "kappa"}
    assert report["settings"] == {"resamples": 50, "seed": 0}


def test_misses_carry_evidence(run, table):  # noqa: F811
    """The wrong reading is shown with the words it rests on, spans of the text."""
    (report,) = run("evaluate", table, "--worst", "3", "--bootstrap", "0", "--format", "json").objects
    assert report["misses"]
    for miss in report["misses"]:
        assert miss["gold"] != miss["read"]
        for piece in miss["evidence"]:
            assert miss["text"][piece["start"] : piece["end"]] == piece["text"]
            assert piece["label"] == miss["read"]
    (none,) = run("evaluate", table, "--worst", "0", "--bootstrap", "0", "--format", "json").objects
    assert none["misses"] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_every_format_in_both_languages(run, table, form, language):  # noqa: F811
    """Scores, labels, left-out messages and groups are in every format."""
    result = run("evaluate", table, "--by", "渠道", "--bootstrap", "20", "--format", form, "--lang", language)
    assert (result.code, result.err) == (0, "")
    words = {
        "zh": ("宏平均 F1", "愤怒", "混淆" if form == "html" else "标注 ↓", "没有计分的", "高兴", "按 渠道 分"),
        "en": ("macro-F1", "angry", "gold ↓", "Not scored", "高兴", "By 渠道"),
    }
    for word in words[language]:
        assert word in result.out


def test_html_is_one_safe_file(run, tmp_path):  # noqa: F811
    """Nothing is fetched, words of the data are escaped, charts and marks are there; the suffix sets the format."""
    source, page = tmp_path / "<i>.jsonl", tmp_path / "report.html"
    rows = [
        {"text": f"<script>alert({number})</script>气死我了！！", "state": "calm", "id": "<b>"} for number in range(3)
    ]
    source.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    result = run("evaluate", source, "-o", page, "--bootstrap", "20", "--by", "id")
    assert (result.code, result.out) == (0, "")
    assert str(page) in result.err
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<b>" not in text
    assert "<i>" not in text
    assert text.count("<svg") >= 2
    assert '<mark class="ev">' in text
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//|@import|url\(""", text)


@pytest.mark.parametrize(("name", "begins"), [("r.md", "# 评估"), ("r.json", '{"file"'), ("r.txt", "\n评估")])
def test_the_file_name_sets_the_format(run, table, tmp_path, name, begins):  # noqa: F811
    """Markdown, JSON, and text for anything else."""
    assert run("evaluate", table, "-o", tmp_path / name, "--bootstrap", "0").code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


def test_markdown_tables_are_whole(run, votes):  # noqa: F811
    """Every row has as many cells as its header, whatever stands in the data."""
    text = run("agreement", votes, "--format", "markdown", "--bootstrap", "0").out
    assert "&lt;" not in text
    assert r"\<b\>丁\|" in text
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


def test_two_models_are_compared(run, monkeypatch, tmp_path):  # noqa: F811
    """A model against itself: no difference, p-values of 1, and words that say it is not settled."""
    monkeypatch.setenv("COLUMNS", "200")
    data = labelled(tmp_path / "a.jsonl")
    arguments = ("evaluate", data, "--compare", "default", "--bootstrap", "50", "--worst", "0")
    (report,) = run(*arguments, "--format", "json").objects
    assert report["second"]["model"] == "default"
    for one in report["comparisons"]:
        assert one["mcnemar_p"] == one["macro_f1"]["p"] == 1
        assert one["both_right"] + one["both_wrong"] == 60
    text = run(*arguments).out
    assert "McNemar 精确检验 p=1.000" in text
    assert "这些消息还定不了" in text


def test_agreement_writes_the_majority(run, votes, tmp_path):  # noqa: F811
    """The measures go to the screen, the majority's labels to the file, which evaluate reads."""
    gold = tmp_path / "gold.csv"
    result = run("agreement", votes, "-o", gold, "--bootstrap", "20", "--format", "json")
    (found,) = result.objects
    assert found["state"]["ties"] == 1
    assert found["state"]["percent"] == pytest.approx((1 + 1 + 1 / 3 + 0) / 4)
    assert str(gold) in result.err
    with gold.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["state"] for row in rows] == ["angry", "calm", "calm", ""]
    assert rows[3]["ties"] == "angry|calm"
    (report,) = run("evaluate", gold, "--bootstrap", "0", "--format", "json").objects
    assert (report["state"]["messages"], report["left_out"][1]["ties"]) == (3, 1)


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ("两位", "票数相同", "多数：平稳")), ("en", ("pair", "tie", "majority: calm"))]
)
def test_agreement_in_both_languages(run, votes, language, words):  # noqa: F811
    """Measures, pairs and disagreements; the rest of these is only counted."""
    out = run("agreement", votes, "--lang", language, "--bootstrap", "20").out
    for word in ("Krippendorff", "Fleiss", "Cohen", *words):
        assert word in out
    few = run("agreement", votes, "--lang", language, "--bootstrap", "0", "--show", "1").out
    assert {"zh": "另有 1 条", "en": "1 more with"}[language] in few


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("evaluate", "{tmp}/plain.csv"), 3, "现有的列：内容、备注"),
        (("evaluate", "{tmp}/foreign.jsonl"), 3, "高兴 (1)"),
        (("evaluate", "{tmp}/good.jsonl", "--by", "渠道"), 2, "没有名为 渠道 的列"),
        (("evaluate", "{tmp}/good.jsonl", "--state-column", "mood"), 2, "没有名为 mood 的列"),
        (("evaluate", "{tmp}/good.jsonl", "--compare", "没有"), 3, "找不到模型“没有”"),
        (("evaluate", "{tmp}/good.jsonl", "--bootstrap", "-1"), 2, "bootstrap"),
        (("evaluate", "{tmp}/good.jsonl", "-o", "{tmp}/没有/r.html"), 3, "没有 这个文件夹不存在"),
        (("evaluate", "{tmp}/good.jsonl", "-o", "{tmp}"), 3, "写不了"),
        (("agreement", "{tmp}/good.jsonl"), 3, "找不到两位标注者"),
        (("agreement", "{tmp}/good.jsonl", "--columns", "x"), 2, "没有名为 x 的列"),
        (("agreement", "{tmp}/good.jsonl", "{tmp}/good.jsonl", "--columns", "state"), 2, "每个文件是一位标注者"),
        (("agreement", "{tmp}/votes.jsonl", "-o", "{tmp}/gold.pdf"), 3, "写不成 gold.pdf"),
        (("agreement", "{tmp}/apart1.jsonl", "{tmp}/apart2.jsonl"), 3, "没有一条消息"),
    ],
)
def test_errors_say_what_to_do(run, tmp_path, arguments, code, words):  # noqa: F811
    """Missing columns, foreign labels, places that cannot be written: a message and an exit code, no traceback."""
    (tmp_path / "plain.csv").write_text("内容,备注\n好,无\n", encoding="utf-8")
    for name, row in {
        "foreign": {"text": "好", "state": "高兴"},
        "good": {"text": "好", "state": "calm"},
        "votes": {"text": "好", "votes_s": ["calm", "angry"]},
        "apart1": {"id": 1, "text": "甲", "state": "calm"},
        "apart2": {"id": 2, "text": "乙", "state": "calm"},
    }.items():
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    result = run(*(one.format(tmp=tmp_path) for one in arguments))
    assert result.code == code
    assert words in result.err
    assert "Traceback" not in result.err


def benchmark(model):
    """Return the cells (temperament, state) of a model in the benchmark's table of the real messages."""
    text = QUALITY.read_text(encoding="utf-8").split("### real_dev.jsonl")[1]
    match = re.search(rf"^\| {model} \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    return match.groups()


@pytest.mark.parametrize("model", ["default", "semantic"])
def test_real_messages_score_as_in_the_benchmark(run, shared, request, model):  # noqa: F811
    """Macro-F1 and its interval, to the digit, for both heads; the annotators' row too."""
    request.getfixturevalue(model)
    arguments = ("evaluate", shared / "labels" / "real_dev.jsonl", "--model", model, "--worst", "0")
    (report,) = run(*arguments, "--format", "json").objects
    heads = [report["temperament"], report["state"]]
    shown = [[head["macro_f1"], *head["intervals"]["macro_f1"]] for head in heads]
    assert tuple("{:.3f} [{:.3f}, {:.3f}]".format(*one) for one in shown) == benchmark(model)
    mutual = [(one["macro_f1"], *one["interval"]) for one in report["humans"]]
    assert tuple("{:.3f} [{:.3f}, {:.3f}]".format(*one) for one in mutual) == benchmark("annotators against each other")
