"""Conversations are read from plain text, JSON lines and values; who speaks is always known."""

import json

import pytest

from temperament.errors import InputError
from temperament.turns import Turn, as_turns
from temperament.turns.reading import read_turns

TALK = (Turn("customer", "到底管不管？"), Turn("agent", "您说，我在听。"))


@pytest.mark.parametrize("names", [("客户", "客服"), ("顾客", "坐席"), ("User", "Agent"), ("用户", "helpdesk")])
def test_plain_text(tmp_path, names):
    """Every usual name of the two sides is understood, with either colon."""
    path = tmp_path / "t.txt"
    path.write_text(f"{names[0]}：到底管不管？\n{names[1]}: 您说，我在听。\n", encoding="utf-8")
    assert read_turns(path) == TALK


def test_a_line_without_a_speaker_goes_on(tmp_path):
    """It belongs to the turn before it."""
    path = tmp_path / "t.txt"
    path.write_text("客户：第一行\n第二行 10:30 到\n客服：好\n", encoding="utf-8")
    assert [turn.text for turn in read_turns(path)] == ["第一行\n第二行 10:30 到", "好"]


def test_moves_that_are_named(tmp_path):
    """A line of moves done is the agent's."""
    path = tmp_path / "t.txt"
    path.write_text("客户：气死我了\n已做：listen，empathise\n", encoding="utf-8")
    assert read_turns(path)[1] == Turn("agent", "", done=("listen", "empathise"))


@pytest.mark.parametrize("suffix", ["jsonl", "json", "csv"])
def test_files_of_records(tmp_path, suffix):
    """JSON lines, JSON and tables hold speaker and text."""
    rows = [{"speaker": "客户", "text": "到底管不管？"}, {"speaker": "agent", "text": "您说，我在听。"}]
    path = tmp_path / f"t.{suffix}"
    texts = {
        "jsonl": "\n".join(json.dumps(row, ensure_ascii=False) for row in rows),
        "json": json.dumps(rows, ensure_ascii=False),
        "csv": "speaker,text\n客户,到底管不管？\nagent,您说，我在听。\n",
    }
    path.write_text(texts[suffix], encoding="utf-8")
    assert read_turns(path) == TALK


def test_values():
    """Turns pass, mappings are read, and a record of moves alone is the agent's."""
    assert as_turns([TALK[0], {"role": "客服", "内容": "您说，我在听。"}]) == TALK
    assert as_turns([{"done": ["ask"]}]) == (Turn("agent", "", done=("ask",)),)
    assert as_turns([{"speaker": "agent", "text": "好", "time": "10:30"}])[0].time == "10:30"
    assert as_turns([]) == ()


@pytest.mark.parametrize("item", [{"text": "谁说的"}, {"speaker": "路人", "text": "好"}, {}])
def test_an_unknown_speaker_is_refused(item):
    """The message names the item and the names allowed."""
    with pytest.raises(InputError, match=r".") as caught:
        as_turns([TALK[0], item])
    assert caught.value.zh.startswith("第 2 条看不出是谁说的")
    assert "customer, agent" in caught.value.en


def test_text_that_begins_with_nobody_is_refused(tmp_path):
    """The first line says who speaks."""
    path = tmp_path / "t.txt"
    path.write_text("没有人\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1 does not say who speaks|第 1 行看不出是谁说的"):
        read_turns(path)
