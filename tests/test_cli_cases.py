"""``temperament case``, ``topics`` and ``practice`` as their user meets them: both languages, JSON, refusals, files."""

import csv
import re

import pytest
from test_cli import ANGRY, run  # noqa: F401 (run is a fixture)

from temperament.errors import ExitCode


@pytest.fixture
def cases(run, tmp_path, monkeypatch):  # noqa: F811
    """Run a command on one file of cases, named by the variable."""
    monkeypatch.setenv("TEMPERAMENT_DB", str(tmp_path / "cases.sqlite"))
    return lambda *arguments, **options: run("case", *arguments, **options)


def test_a_case_from_the_command_line(cases, tmp_path):
    """Opened, refused while something is wanting, filled in, moved, listed, exported."""
    first = cases("new", ANGRY, "--customer", "13800138000", "--channel", "phone", "--by", "小林", "--format", "json")
    assert first.code == ExitCode.OK
    (made,) = first.objects
    assert made["stage"] == "accept" and {"wish", "name"}.isdisjoint(made["fields"])
    assert cases("step", made["id"]).code == ExitCode.OK
    refused = cases("step", made["id"])
    assert refused.code == ExitCode.BAD_INPUT
    assert "name（姓名）" in refused.err and "--anyway" in refused.err
    fields = ("姓名=李小明", "contact=13800138000", "wish=退款", "order=无", "time=前天")
    moved = cases("step", made["id"], "--note", "已复述", *(part for one in fields for part in ("--field", one)))
    assert moved.code == ExitCode.OK
    for words in ("▶ 分析", "✓ 记录", "已复述", "原因在哪一边", "姓名  ✓"):
        assert words in moved.out
    assert "李小明" not in moved.out
    done = cases("note", made["id"], "已回电话", "--done", "reply", "--format", "json")
    assert [task["done"] != "" for task in done.objects[0]["tasks"] if task["entry"] == "task.reply"] == [True]
    again = cases("new", "又没人管！", "--customer", "138-0013-8000", "--lang", "en")
    assert "came before" in again.out and "000 L393" in again.out
    assert len(cases("list", "--customer", "13800138000", "--format", "json").objects) == 2
    assert len(cases("list", "--stage", "分析", "--format", "json").objects) == 1
    assert cases("list", "--like", "说好三天到，第九天还没到", "--format", "json").objects[0]["id"] == made["id"]
    table = tmp_path / "cases.csv"
    assert cases("export", table, "--lang", "zh").code == ExitCode.OK
    with table.open(encoding="utf-8-sig", newline="") as file:
        assert [row["编号"] for row in csv.DictReader(file)][-1] == made["id"]


def test_the_form_is_filled_in_on_screen(cases):
    """One line a field; an empty line leaves it empty, or takes what the words hold."""
    answers = "前天买的电饭锅坏了，给我换\n8820\n\n\n李小明\n\n\n\n"
    found = cases("new", "--ask", "--format", "json", stdin=answers.encode())
    assert found.code == ExitCode.OK
    fields = found.objects[0]["fields"]
    assert (fields["order"], fields["name"]) == ("8820", "✓")
    assert fields["wish"].startswith("给我换") and "contact" not in fields
    assert "请问怎么称呼您？" in found.err


def test_due_and_report(cases):
    """What is due with how long it has; figures of the file."""
    cases("new", ANGRY)
    due = cases("due", "--within", "24h", "--lang", "en")
    assert "First reply" in due.out and re.search(r"in \d+ (min|h)", due.out)
    assert {one["entry"] for one in cases("due", "--format", "json").objects} == {"task.acknowledge", "task.reply"}
    assert "共同的原因" in cases("report", "--lang", "zh").out
    assert cases("report", "--format", "json").objects[0]["cases"] == 1
    assert cases("due", "--within", "改天").code == ExitCode.USAGE


def test_case_refusals(cases, tmp_path):
    """No file yet, no words, unknown ids, fields, topics and forms: what there is, and no traceback."""
    assert cases("list").code == ExitCode.BAD_INPUT
    assert not (tmp_path / "cases.sqlite").exists()
    assert cases("new").code == ExitCode.USAGE
    cases("new", ANGRY)
    for arguments, said in (
        (("show", "x"), "case list"),
        (("list", "--topic", "x"), "delivery"),
        (("export", tmp_path / "o.csv", "--form", "x"), "duty-log"),
        (("new", ANGRY, "--field", "x"), "名称=内容"),
        (("export", tmp_path / "no" / "o.csv"), "不存在"),
    ):
        found = cases(*arguments)
        assert found.code in {ExitCode.USAGE, ExitCode.BAD_INPUT}, arguments
        assert said in found.err and "Traceback" not in found.err


def test_topics_of_a_file(run, tmp_path):  # noqa: F811
    """Counts and a burst as text and JSON; every message with its topics."""
    rows = ["时间,客户,内容"]
    rows += [f"2026-05-{day:02d} {8 + day % 9:02d}:00,u{day},网速太慢" for day in range(1, 29)]
    rows += [f"2026-05-20 19:{minute:02d},k{minute},小区断网了，没人管" for minute in range(0, 60, 5)]
    path = tmp_path / "留言.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    shown = run("topics", path)
    assert shown.code == ExitCode.OK
    for words in ("信号与网络", "集中爆发", "“断网”", "003 L138", "召集相关部门"):
        assert words in shown.out
    found = run("topics", path, "--format", "json").objects[0]
    assert found["messages"] == 40 and found["bursts"][0]["customers"] >= 12
    assert found["bursts"][0]["begins"].startswith("2026-05-")
    each = run("topics", path, "--each", "--lang", "en").objects
    assert len(each) == 40 and each[0]["topics"][0]["name"] == "Signal and network"
    plain = tmp_path / "p.txt"
    plain.write_text("断网了\n好的\n", encoding="utf-8")
    assert "no times" in run("topics", plain, "--lang", "en").out
    assert run("topics", tmp_path / "none.csv").code == ExitCode.BAD_INPUT
    assert run("topics", path, "--customer-column", "x").code == ExitCode.BAD_INPUT


def test_practice_from_standard_input(run):  # noqa: F811
    """A reply a line; an empty line passes a customer over; the sum at the end."""
    found = run(
        "practice", "--seed", "1", "--count", "3", stdin="您先冷静一下。\n\n我马上去查，十分钟内回您。\n".encode()
    )
    assert found.code == ExitCode.OK
    assert "冷静一下" in found.out and "可以这样说" in found.out
    assert "2 题" in found.out.splitlines()[-1]
    rows = run("practice", "--seed", "1", "--state", "愤怒", "--format", "json", stdin="嗯\n".encode()).objects
    assert rows[0]["customer"]["state"] == "angry" and rows[0]["could_say"]
    assert run("practice", "--state", "zzz").code == ExitCode.USAGE


def test_practice_on_a_file(run, tmp_path):  # noqa: F811
    """Messages with labels keep them; without labels the model reads them."""
    path = tmp_path / "m.txt"
    path.write_text(ANGRY + "\n", encoding="utf-8")
    rows = run("practice", "--file", path, "--format", "json", stdin="您好\n".encode()).objects
    assert rows[0]["customer"]["text"] == ANGRY and rows[0]["customer"]["state"] == "angry"
    table = tmp_path / "m.jsonl"
    table.write_text('{"text": "好的", "temperament": "沙和尚", "state": "焦急"}\n', encoding="utf-8")
    rows = run("practice", "--file", table, "--format", "json", stdin="您好\n".encode()).objects
    assert (rows[0]["customer"]["temperament"], rows[0]["customer"]["state"]) == ("phlegmatic", "anxious")
