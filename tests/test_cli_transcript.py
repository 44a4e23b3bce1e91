"""The command transcript: what goes in, what comes out, in both languages."""

import io
import json
import sys

import pytest

from temperament.cli.main import main
from temperament.errors import ExitCode

TALK = """\
[10:00:00] 客户张先生：你们说好三天到，现在第九天了！打电话没人接，到底管不管？！
[10:03:20] 客服小林：您先冷静一下，这不归我们管。
[10:04:00] 客户张先生：再不处理我打12315！
[10:05:10] 客服小林：非常抱歉。请问您的订单号是多少？我半小时内给您回复。
[10:52:00] 客服小林：查到了，包裹在杭州，可以退款，您看行吗？
[10:53:00] 客户张先生：好的，谢谢。
"""


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command line in this process, in Chinese, on a terminal of 100 columns."""
    monkeypatch.setenv("TEMPERAMENT_LANG", "zh")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("TEMPERAMENT_DEBUG", raising=False)

    def run(*arguments, stdin=""):
        data = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["temperament", "transcript", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", data)
        try:
            code = main()
        except SystemExit as left:
            code = left.code or 0
        seen = capsys.readouterr()
        return code, seen.out, seen.err

    return run


@pytest.fixture
def talk(tmp_path):
    """A file with one conversation."""
    path = tmp_path / "talk.txt"
    path.write_text(TALK, encoding="utf-8")
    return path


def test_the_timeline(run, talk):
    """Every turn with what it shows, and a summary below."""
    code, out, _ = run(talk)
    assert code == ExitCode.OK
    shown = (
        "愤怒", "要找监管部门", "必须改“先冷静一下”", "✓", "说出理解、问清", "“我半小时内给您回复” 30 分钟 晚了 17 分钟",
        "信任度 -56 (按承诺)", "按首次答复时限", "依据 3 句", "愤怒 → 平稳（好转）", "步骤没做", "倾听：", "谁收的尾", "客户",
    )  # fmt: skip
    flat = "".join(out.split())
    assert [one for one in shown if "".join(one.split()) not in flat] == []


def test_in_english(run, talk):
    """The words are English, the customer's stay."""
    _, out, _ = run(talk, "--lang", "en")
    for one in ("angry", "Will go to a regulator", "late by 17 min", "steps missing", "打电话没人接"):
        assert one in out


def test_json(run, talk):
    """One object a conversation: what it adds up to, then its turns."""
    code, out, _ = run(talk, "--format", "json")
    (line,) = out.splitlines()
    found = json.loads(line)
    assert code == ExitCode.OK
    assert {"id", "agent", "state", "rank", "reasons", "signals", "steps", "promises", "turns", "manner"} <= set(found)
    assert (found["id"], found["agent"], found["closed_by"]) == ("talk", "客服小林", "customer")
    assert [turn["speaker"] for turn in found["turns"]] == [
        "customer", "agent", "customer", "agent", "agent", "customer",
    ]  # fmt: skip
    first, second = found["turns"][:2]
    assert first["state_probabilities"]["angry"] > 0.5
    finding = second["findings"][0]
    assert second["text"][finding["start"] : finding["end"]] == finding["text"]
    assert found["promises"][0]["kept"] is False


def test_standard_input(run):
    """A pipe is read like a file."""
    code, out, _ = run(stdin="客户：到底管不管？！\n客服：您说，我在听。\n")
    assert code == ExitCode.OK
    assert "我在听" in out


def many(tmp_path):
    """Write a table of two conversations."""
    path = tmp_path / "many.csv"
    path.write_text(
        "会话,谁,说了什么,何时\n一,客户,到底管不管？！,10:00\n一,客服,您好,10:01\n二,客户,谢谢,10:02\n",
        encoding="utf-8",
    )
    return path


def test_many_give_a_table_and_one_can_be_picked(run, tmp_path):
    """More than one: a row each; ``--conversation`` shows one."""
    options = (
        "--speaker-column",
        "谁",
        "--text-column",
        "说了什么",
        "--time-column",
        "何时",
        "--conversation-column",
        "会话",
    )
    code, out, _ = run(many(tmp_path), *options)
    assert code == ExitCode.OK
    assert "共 2 段对话" in out
    _, one, _ = run(many(tmp_path), *options, "--conversation", "一")
    assert "到底管不管" in one
    assert "10:01" in one
    code, _, err = run(many(tmp_path), *options, "--conversation", "三")
    assert code == ExitCode.USAGE
    assert "一、二" in err


def test_a_folder(run, talk):
    """All its conversations are read; what is none is named on standard error."""
    (talk.parent / "照片.png").write_bytes(b"x")
    (talk.parent / "b.txt").write_text("用户：在吗\n", encoding="utf-8")
    code, out, err = run(talk.parent, "--format", "json")
    assert code == ExitCode.OK
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["b", "talk"]
    assert "照片.png" in err


@pytest.mark.parametrize("text", ["", "没有人说话\n"])
def test_what_holds_no_conversation(run, tmp_path, text):
    """It is bad input, told in a sentence."""
    path = tmp_path / "t.txt"
    path.write_text(text, encoding="utf-8")
    code, out, err = run(path)
    assert (code, out) == (ExitCode.BAD_INPUT, "")
    assert err.strip()
    assert "Traceback" not in err


def test_missing_files_and_columns(run, tmp_path):
    """Both name what is wrong."""
    assert run(tmp_path / "没有.txt")[0] == ExitCode.BAD_INPUT
    code, _, err = run(many(tmp_path), "--speaker-column", "没有")
    assert code == ExitCode.BAD_INPUT
    assert "现有的列：会话、谁、说了什么、何时" in err


def test_an_own_playbook_and_a_channel(run, talk, tmp_path):
    """The overlay's signals are found; an unknown channel is refused."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "signals.yaml").write_text(
        "- id: signal.regulator\n  name: {zh: 本店的监管信号, en: Our own}\n", encoding="utf-8"
    )
    assert "本店的监管信号" in run(talk, "--playbook", own)[1]
    assert run(talk, "--channel", "鸽子")[0] == ExitCode.USAGE


def test_control_characters_reach_no_terminal(run, tmp_path):
    """Escapes in a transcript, its id and its names are made harmless."""
    path = tmp_path / "t.jsonl"
    turns = [["客户\x1b[2J", "在吗\x1b[2J"], ["路人\x1b[2J", "看\x1b[2J"]]
    path.write_text(json.dumps({"id": "a\x1b[2J", "turns": turns}), encoding="utf-8")
    assert "\x1b" not in run(path)[1]
