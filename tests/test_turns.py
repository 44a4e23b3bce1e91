"""Conversations are read from plain text, JSON lines and values; who speaks is always known."""

import gzip
import json
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from temperament.errors import InputError
from temperament.moments import moment, moments
from temperament.turns import Turn, as_turns
from temperament.turns.chatlog import from_lines
from temperament.turns.columns import Columns
from temperament.turns.reading import files_in, read_transcripts, read_turns, with_own_ids

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


def said(path, columns=None):
    """Return (speaker, text, time) of all turns of a file, conversation by conversation."""
    return {
        one.id: [(turn.speaker, turn.text, turn.time) for turn in one.turns] for one in read_transcripts(path, columns)
    }


def written(tmp_path, text, name="t.txt"):
    """Write a file and return its path."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "turn"),
    [
        ("客户：到底管不管", ("customer", "到底管不管", "")),
        ("顾客 : 在吗", ("customer", "在吗", "")),
        ("[10:22:01] 客户：在吗", ("customer", "在吗", "10:22:01")),
        ("【2024-05-01 10:22】客服：在的", ("agent", "在的", "2024-05-01 10:22")),
        ("2024/5/1 下午3:05 客户张先生：又来了", ("customer", "又来了", "2024/5/1 下午3:05")),
        ("客户 10:02：在吗", ("customer", "在吗", "10:02")),
        ("customer_service: hello", ("agent", "hello", "")),
        ("客户(1734567890)：在吗", ("customer", "在吗", "")),
        ("客服(0571888812345)：您好", ("agent", "您好", "")),
        ("客服001：您好", ("agent", "您好", "")),
        ("客服(小李)：您好", ("agent", "您好", "")),
        ("客户（138****2233）：喂", ("customer", "喂", "")),
        ("【客户】在吗", ("customer", "在吗", "")),
        ("<客服> 在的", ("agent", "在的", "")),
        ("- Customer: hello", ("customer", "hello", "")),
        ("1. 客户: 好", ("customer", "好", "")),
        ("客户经理：您好", ("agent", "您好", "")),
        ("小满家旗舰店:小美 (2024-05-01 10:23:00): 在的", ("agent", "在的", "2024-05-01 10:23:00")),
    ],
)
def test_variants_of_a_line(tmp_path, line, turn):
    """Colons, brackets, times before the name, names with numbers."""
    assert said(written(tmp_path, line))["t"] == [turn]


def test_a_log_with_names_above_the_messages(tmp_path):
    """Each line of name and time begins a message; who is left over is the customer, and a note says so."""
    log = "客服小王 2024-05-01 10:22:03\n您好\n请讲\n\n张三 2024-05-01 10:24:11\n到底管不管\n我等到 10:30\n"
    (found,) = read_transcripts(written(tmp_path, log))
    assert [(turn.speaker, turn.text, turn.name) for turn in found.turns] == [
        ("agent", "您好\n请讲", "客服小王"),
        ("customer", "到底管不管\n我等到 10:30", "张三"),
    ]
    assert found.agent == "客服小王"
    assert found.notes[0][1] == '"张三" does not say which side it is; read as the customer.'


def test_other_layouts_of_logs(tmp_path):
    """Time before the name, a shop's name with a colon, a line with the day, notices of the system."""
    log = "—————  2024-05-01  —————\n10:22:03 客服小王\n您好\n10:22:30 访客 广东省\n在吗\n10:22:31 系统提示\n正在输入\n"
    assert said(written(tmp_path, log))["t"] == [
        ("agent", "您好", "2024-05-01 10:22:03"),
        ("customer", "在吗", "2024-05-01 10:22:30"),
        ("other", "正在输入", "2024-05-01 10:22:31"),
    ]
    shop = "tb88 (2024-05-01 10:22:03):\n在吗\n小店旗舰店:小美 (2024-05-01 10:23:00):\n在的\n"
    assert [turn[0] for turn in said(written(tmp_path, shop))["t"]] == ["customer", "agent"]


def test_a_stranger_who_speaks_often(tmp_path):
    """While a side is missing, a name that stands twice is it; 地址： stays inside its turn."""
    log = "客服小王：您好\n李四：快递丢了\n地址：北京\n客服小王：请稍等\n李四：快点\n"
    assert [turn[:2] for turn in said(written(tmp_path, log))["t"]] == [
        ("agent", "您好"), ("customer", "快递丢了\n地址：北京"), ("agent", "请稍等"), ("customer", "快点"),
    ]  # fmt: skip


def test_several_conversations_in_a_text(tmp_path):
    """A rule or a title begins a new one."""
    found = said(written(tmp_path, "客户：一\n==========\n客服：二\n会话：A17\n客户：三\n"))
    assert list(found) == ["t-1", "t-2", "A17"]


def test_a_head_without_a_speaker_is_kept(tmp_path):
    """It is neither side's, and a note says so."""
    (found,) = read_transcripts(written(tmp_path, "聊天记录导出\n客户：在吗\n"))
    assert [turn.speaker for turn in found.turns] == ["other", "customer"]
    assert "1" in found.notes[-1][1]


def test_tables(tmp_path):
    """Columns are guessed by their names, or by what stands in them; conversations keep their order."""
    text = "会话ID,发送时间,发送人,聊天内容,坐席姓名\n2,2024-05-01 10:00,客服小美,您好,小美\n1,,买家小张,货呢,\n2,10:05,buyer,嗯,\n"
    found = read_transcripts(written(tmp_path, text, "t.csv"))
    assert [(one.id, one.agent, len(one.turns)) for one in found] == [("2", "小美", 2), ("1", "", 1)]
    strange = written(tmp_path, "甲,乙,丙\n客户,在吗,x\n客服,在的,y\n", "s.csv")
    assert said(strange, Columns(text="乙"))["s"] == [("customer", "在吗", ""), ("agent", "在的", "")]
    assert said(strange, Columns(speaker="甲", text="乙", time="丙"))["s"][0] == ("customer", "在吗", "x")


def test_a_workbook(tmp_path):
    """Excel files are tables, too."""
    book = openpyxl.Workbook()
    for row in (["说话人", "内容", "时间"], ["客户", "在吗", "10:00"], ["客服", "在的", "10:01"]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    assert said(tmp_path / "t.xlsx")["t"] == [("customer", "在吗", "10:00"), ("agent", "在的", "10:01")]


@pytest.mark.parametrize("columns", [Columns(), Columns(text="没有"), Columns(text="乙")])
def test_a_column_that_is_not_there(tmp_path, columns):
    """The message names the columns that are there, and the option."""
    path = written(tmp_path, "甲,乙\n一,二\n", "t.csv")
    with pytest.raises(InputError) as caught:
        read_transcripts(path, columns)
    assert "甲、乙" in caught.value.zh
    assert columns.text == "没有" or "-column" in caught.value.en


def test_json_lines_of_conversations_and_of_turns(tmp_path):
    """One conversation a line (also pairs, lines of text, several utterances), or one turn a line with its conversation."""
    turns = [
        ["客户", "在吗"],
        "客服：在的",
        {"sender": "helpdesk", "utterances": ["一", "二"]},
        {"speaker": "zz", "text": "?"},
    ]
    whole = written(tmp_path, json.dumps({"id": "q", "turns": turns}, ensure_ascii=False), "w.jsonl")
    assert [turn[:2] for turn in said(whole)["q"]] == [
        ("customer", "在吗"), ("agent", "在的"), ("agent", "一\n二"), ("other", "?"),
    ]  # fmt: skip
    rows = [
        {"conversation_id": name, "role": "user", "content": "在吗", "time": 1714530000} for name in ("b", "a", "b")
    ]
    single = written(tmp_path, "\n".join(map(json.dumps, rows)), "s.jsonl")
    assert {name: len(turns) for name, turns in said(single).items()} == {"b": 2, "a": 1}


def test_gzip(tmp_path):
    """Packed files are read; broken ones are refused."""
    path = tmp_path / "t.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps({"id": "q", "turns": [["客户", "在吗"]]}).encode()))
    assert said(path) == {"q": [("customer", "在吗", "")]}
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(InputError, match=r"gzip"):
        read_transcripts(path)


def test_folders(tmp_path):
    """All files of a folder, named; what is no transcript is told; ids are made to differ."""
    written(tmp_path, "客户：一\n", "甲.txt")
    (tmp_path / "下").mkdir()
    written(tmp_path / "下", "客户：二\n", "甲.txt")
    written(tmp_path, "x", "照片.png")
    written(tmp_path, "x", ".hidden")
    files = files_in(tmp_path)
    assert (len(files.read), files.left_out) == (2, ("照片.png",))
    pairs = [(path, one) for path in files.read for one in read_transcripts(path)]
    assert len({one.id for one in with_own_ids(pairs)}) == 2
    assert files_in(tmp_path / "甲.txt").read == (tmp_path / "甲.txt",)
    (tmp_path / "空").mkdir()
    with pytest.raises(InputError, match=r"空"):
        files_in(tmp_path / "空")


def test_nobody_says_who_speaks(tmp_path):
    """A file in which no turn has a side is refused."""
    with pytest.raises(InputError):
        read_transcripts(written(tmp_path, '{"turns": [{"speaker": "zz", "text": "?"}]}', "t.jsonl"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01 10:22:03", datetime(2024, 5, 1, 10, 22, 3)),
        ("2024/5/1 下午3:05", datetime(2024, 5, 1, 15, 5)),
        ("2024年5月1日 10:22", datetime(2024, 5, 1, 10, 22)),
        ("2024-05-01T10:22:03+08:00", datetime(2024, 5, 1, 2, 22, 3)),
        ("2024-05-01T10:22:03Z", datetime(2024, 5, 1, 10, 22, 3)),
        ("5月1日 10:22", datetime(1, 5, 1, 10, 22)),
        ("12:05 AM", datetime(1, 1, 1, 0, 5)),
        ("1714530000", datetime(2024, 5, 1, 2, 20)),
        ("1714530000000", datetime(2024, 5, 1, 2, 20)),
        ("2024-13-01 10:00", None),
        ("25:00", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_moments(text, expected):
    """What transcripts write as times; what is none is none."""
    assert moment(text) == expected


def test_clocks_run_on_past_midnight():
    """A time of day that jumps back by half a day is of the next day; a lone one takes the day before it."""
    found = moments(["2024-05-01 23:59", "00:01", "坏的", "00:02"])
    assert found == [datetime(2024, 5, 1, 23, 59), datetime(2024, 5, 2, 0, 1), None, datetime(2024, 5, 2, 0, 2)]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    """Nothing else than ``InputError`` is raised, and no character is lost from a customer's turn."""
    lines = ["客户：甲", *text.splitlines()]
    kept = "".join(turn.text + turn.name + turn.time + "".join(turn.done) for turn in from_lines(lines, "t"))
    assert "甲" in kept


@pytest.mark.parametrize("heads", ["角色,内容,对话时间", "角色,对话内容,时间", "角色,内容,工单创建时间"])
def test_columns_about_the_conversation_do_not_name_it(tmp_path, heads):
    """会话编号 parts conversations; 对话时间 and 对话内容 do not."""
    path = written(
        tmp_path, f"{heads}\n客户,a,2024-05-01 10:00\n客服,b,2024-05-01 10:01\n客户,c,2024-05-01 10:02\n", "t.csv"
    )
    assert len(read_transcripts(path)) == 1
