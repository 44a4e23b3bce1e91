"""Files of messages: any Chinese encoding, six formats, no row lost, errors that name the place."""

import codecs
import hashlib
import json
import sys
from pathlib import Path

import opencc
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from temperament.datasets import (
    Example,
    SoftExample,
    file_hash,
    is_test_id,
    read_examples,
    read_rows,
    read_soft,
    read_texts,
    without_leaks,
)
from temperament.decoding import decode
from temperament.errors import InputError
from temperament.labels import FEELINGS, STATES, TEMPERAMENTS, Reading
from temperament.render.jsonl import json_line, reading_json
from temperament.text import fold

SIMPLIFIED = "说好三天到，现在第九天了！打电话没人接，到底管不管？"
TRADITIONAL = "您好，我上週訂的手機到現在還沒有收到，請幫忙查一下，謝謝。"
MESSAGES = [SIMPLIFIED, TRADITIONAL, "哈哈，“双引号”,逗号", "不急😀"]


def write(folder, name, content, encoding="utf-8"):
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def write_workbook(path, rows):
    """Write rows as the first sheet of a workbook."""
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


def refuse(zh, en, call, *arguments):
    """Expect an InputError that says so in both languages."""
    with pytest.raises(InputError, match=r".") as caught:
        call(*arguments)
    assert zh in caught.value.zh
    assert en in caught.value.en
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, SIMPLIFIED + "\n" + TRADITIONAL, "plain ASCII", ""])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_decode_encodings(text, encoding):
    """UTF-8 with and without a mark, GB18030 and UTF-16 with a mark come out as written."""
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (SIMPLIFIED.encode("gbk"), SIMPLIFIED),
        ("投诉".encode("gb2312"), "投诉"),
        (TRADITIONAL.encode("big5"), TRADITIONAL),
        ("請問什麼時候可以退款".encode("big5"), "請問什麼時候可以退款"),
        (codecs.BOM_UTF16_LE + TRADITIONAL.encode("utf-16-le"), TRADITIONAL),
        (codecs.BOM_UTF16_BE + SIMPLIFIED.encode("utf-16-be"), SIMPLIFIED),
        ("4字节𠮷".encode("gb18030"), "4字节𠮷"),
        (b"", ""),
    ],
)
def test_decode_other_encodings(data, text):
    """GBK, GB2312, Big5 and both byte orders."""
    assert decode(data) == text


def test_decode_real_messages(real_messages):
    """200 real messages at a time come back from GB18030 and from Big5."""
    to_traditional = opencc.OpenCC("s2t").convert
    for start in range(0, 2000, 200):
        text = "\n".join(real_messages[start : start + 200])
        assert decode(text.encode("gb18030")) == text
        traditional = to_traditional(text).encode("big5", "ignore")
        assert decode(traditional) == traditional.decode("big5hkscs")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff\xff\xff", "\ufffd\ufffd\ufffd"),
        ("您好，我要投".encode() + b"\xff" + "诉".encode(), "您好，我要投\ufffd诉"),
        ((SIMPLIFIED * 4).encode()[:-1], SIMPLIFIED * 3 + SIMPLIFIED[:-1] + "\ufffd"),
        (codecs.BOM_UTF8 + b"\xe5\xa5", "\ufffd"),
        (codecs.BOM_UTF16_LE + b"\x60", "\ufffd"),
    ],
)
def test_decode_broken_bytes(data, text):
    """What fits no encoding is read as far as it goes, with U+FFFD for the rest."""
    assert decode(data) == text


@pytest.mark.parametrize(("text", "cut"), [("到底管不管", 1), ("质量太差了", 1), (SIMPLIFIED, 2)])
def test_decode_utf8_cut_short(text, cut):
    """A file cut off in the middle of a character loses that character, not all of them."""
    assert decode(text.encode()[:-cut]).startswith(text[:-1])


@pytest.mark.parametrize("text", ["谢谢", "1174009 谢谢", "好好好好好好好好好好好", "没"])
def test_decode_short_gbk_that_looks_like_utf8(text):
    """Of two readings the one with everyday Chinese characters wins, as between GB18030 and Big5."""
    assert decode(text.encode("gbk")) == text


@given(st.binary(max_size=60))
def test_decode_never_fails(data):
    """Any bytes give some text."""
    assert isinstance(decode(data), str)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("消息.txt", "\n".join(MESSAGES) + "\n"),
        ("消息", "\r\n".join(MESSAGES)),
        ("m.TXT", "\n\n".join(MESSAGES)),
        ("m.jsonl", "\n".join(json.dumps({"文本": one}, ensure_ascii=False) for one in MESSAGES) + "\n\n"),
        ("m.ndjson", "\r\n".join(json.dumps({"id": 1, "text": one}) for one in MESSAGES)),
        ("m.json", "\n".join(json.dumps(one) for one in MESSAGES)),
        ("m.csv", "编号,内容\n" + "".join(f'{n},"{one}"\r\n' for n, one in enumerate(MESSAGES))),
        ("m.tsv", "Text \tx\n" + "".join(f"{one}\t{n}\n" for n, one in enumerate(MESSAGES))),
    ],
)
def test_read_texts(tmp_path, name, content, encoding):
    """Text, JSON lines, CSV and TSV in every encoding give the messages in their order."""
    assert read_texts(write(tmp_path, name, content, encoding)) == MESSAGES


def test_read_workbook(tmp_path):
    """A workbook gives the messages; numbers become text, empty cells empty messages, NA stays a word."""
    rows = [["编号", "留言"], [1, SIMPLIFIED], [2, None], [3, "NA"], [4, 5], [None, None], [6, "第一行\n第二行"]]
    path = write_workbook(tmp_path / "m.xlsx", rows)
    assert read_texts(path) == [SIMPLIFIED, "", "NA", "5", "", "第一行\n第二行"]


def test_empty_cells_of_csv_give_empty_messages(tmp_path):
    """Missing, empty and short rows stay rows; more cells than columns do no harm."""
    path = write(tmp_path, "m.csv", 'id,text\n1,好\n2,\n3\n4,""\n5,慢,多了\n')
    assert read_texts(path) == ["好", "", "", "", "慢"]


def test_missing_values_of_json_lines_give_empty_messages(tmp_path):
    """null, NaN and a missing key give empty messages; numbers become text."""
    path = write(tmp_path, "m.jsonl", '{"text": "好"}\n{"text": null}\n{"text": NaN}\n{"id": 1}\n{"text": 5}\n')
    assert read_texts(path) == ["好", "", "", "", "5"]


def test_quoted_line_breaks_stay_in_their_cell(tmp_path):
    """A quoted message may have several lines, whatever their line ends."""
    path = write(tmp_path, "m.csv", 'text,x\n"第一行\n第二行\r\n第三行",1\n"引号""在内""",2\n')
    assert read_texts(path) == ["第一行\n第二行\r\n第三行", '引号"在内"']


def test_a_huge_field_is_read(tmp_path):
    """A cell far over the csv module's own limit comes out whole."""
    path = write(tmp_path, "m.csv", "text\n" + "好" * 300_000 + "\n")
    assert read_texts(path) == ["好" * 300_000]


@pytest.mark.parametrize("name", ["m.csv", "m.tsv", "m.jsonl", "m.txt"])
def test_empty_files_hold_no_messages(tmp_path, name):
    """An empty file is no error; it gives no messages."""
    assert read_texts(write(tmp_path, name, "")) == []


def test_a_named_column_wins(tmp_path):
    """The named column is read even where another has a usual name; case and blanks do not matter."""
    path = write(tmp_path, "m.csv", "text, 客户原话 ,Reply\n甲,乙,丙\n")
    assert read_texts(path) == ["甲"]
    assert read_texts(path, "客户原话") == ["乙"]
    assert read_texts(path, "reply") == ["丙"]


def test_a_missing_column_lists_what_there_is(tmp_path):
    """The message names the wanted column and those present."""
    path = write(tmp_path, "m.csv", "编号,原话\n1,好\n")
    refuse("现有的列：编号、原话", "it has: 编号, 原话", read_texts, path)
    refuse("没有名为 话 的列", "no column named 话", read_texts, path, "话")
    refuse("--text-column", "--text-column", read_texts, path)


def test_read_rows_gives_whole_rows(tmp_path):
    """Every column is kept under its own name."""
    path = write(tmp_path, "m.tsv", "id\ttext\n7\t好\n")
    assert read_rows(path) == [{"id": "7", "text": "好"}]


def test_a_folder_is_no_file(tmp_path):
    """A folder is refused by name, also one that ends in .csv or .xlsx."""
    for name in ("资料", "a.csv", "a.xlsx"):
        (tmp_path / name).mkdir()
        refuse(f"{tmp_path / name} 是文件夹", f"{tmp_path / name} is a folder", read_texts, tmp_path / name)


@pytest.mark.parametrize("name", ["没有.txt", "没有.csv", "没有.xlsx", "没有.jsonl"])
def test_a_missing_file_is_named(tmp_path, name):
    """The path stands in the message."""
    refuse(f"找不到文件 {tmp_path / name}", f"No file {tmp_path / name}", read_texts, tmp_path / name)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows says: no such file")
def test_a_path_through_a_file(tmp_path):
    """What the system cannot open is said with its reason."""
    path = write(tmp_path, "a.txt", "好") / "b.txt"
    refuse("读不了", "cannot be read: Not a directory", read_texts, path)


def test_a_message_given_as_a_path():
    """A message pasted where a file is asked for is an input error."""
    refuse("好好", "好好", read_texts, Path("好" * 300))


def test_a_list_of_json_messages_names_the_wrong_one(tmp_path):
    """In a JSON list every item must be an object or a string."""
    path = write(tmp_path, "m.json", '[{"text": "好"},\n "慢", 5]')
    refuse("第 3 行", "line 3", read_texts, path)
    assert read_texts(write(tmp_path, "n.json", "[]")) == []


def test_a_path_that_holds_a_nul():
    """A path no system can open is an input error."""
    refuse("读不了", "cannot be read", read_texts, Path("a\0b.txt"))


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.xls", "a.parquet"])
def test_other_kinds_of_files_are_refused(tmp_path, name):
    """The message lists what can be read."""
    path = write(tmp_path, name, "x")
    refuse("可以读：.txt、.jsonl", "Use one of: .txt, .jsonl", read_texts, path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_broken_workbooks(tmp_path, data):
    """An empty, cut, foreign or old workbook is refused with a way out."""
    refuse("另存为 .xlsx", "Save it as .xlsx", read_texts, write(tmp_path, "m.xlsx", data))


def test_broken_json_names_its_line(tmp_path):
    """File and line of the first line that is no JSON."""
    path = write(tmp_path, "m.jsonl", '{"text": "好"}\n\n{"text": "坏\n')
    refuse(f"{path} 第 3 行不是 JSON", f"{path} line 3 is not JSON", read_texts, path)


def test_deeply_nested_json_names_its_line(tmp_path):
    """Nesting beyond the parser is an input error like any other."""
    path = write(tmp_path, "m.jsonl", "[" * 100_000)
    refuse("第 1 行", "line 1", read_texts, path)


@pytest.mark.parametrize("content", ['["你好", "再见"]', '[{"text": "你好"}, {"text": "再见"}]'])
def test_a_json_array_is_rows_or_an_error(tmp_path, content):
    """An ordinary .json file is read, or refused; it does not become one garbled message."""
    try:
        texts = read_texts(write(tmp_path, "m.json", content))
    except InputError:
        return
    assert texts == ["你好", "再见"]


def test_an_empty_cell_of_a_single_column_is_a_row(tmp_path):
    """Excel writes an empty cell of the only column as a blank line; answers must stay beside their rows."""
    assert read_texts(write(tmp_path, "m.csv", "text\n你好\n\n再见\n")) == ["你好", "", "再见"]


@pytest.mark.parametrize(
    "above",
    [
        "",
        pytest.param('"好"评\n'),
    ],
)
def test_an_unclosed_quote_does_not_swallow_the_file(tmp_path, above):
    """A quote that never closes is an error; the rows below are not lost silently."""
    path = write(tmp_path, "m.csv", f'text\n{above}"没有关上\n' + "你好\n" * 5)
    refuse("引号没有关上", "a quote that is never closed", read_texts, path)


def test_a_stray_quote_is_a_character(tmp_path):
    """Quotes that a careless export left unescaped do not stop the file."""
    assert read_texts(write(tmp_path, "m.csv", 'text\n这个"好"字\n"好"评\n你好\n')) == ['这个"好"字', "好评", "你好"]


LABELLED = '{"text": "气死我了", "temperament": "孙悟空", "state": "愤怒", "also": ["焦急"], "id": 7, "source": "a"}\n'


def test_read_examples(tmp_path):
    """Labels are read under any accepted name, in JSON lines and tables alike."""
    expected = Example("气死我了", "choleric", "angry", ("anxious",), "7", "a")
    assert read_examples(write(tmp_path, "a.jsonl", LABELLED)) == [expected]
    table = "内容,气质,情绪,次要状态,id,source\n气死我了,choleric,Angry,焦急,7,a\n"
    assert read_examples(write(tmp_path, "a.csv", table, "gb18030")) == [expected]
    rows = [line.split(",") for line in table.splitlines()]
    assert read_examples(write_workbook(tmp_path / "a.xlsx", rows)) == [expected]


@pytest.mark.parametrize(
    ("field", "torn"),
    [
        ("", ()),
        (', "torn": ["melancholic", "calm"]', ("melancholic", "calm")),
        (', "torn": []', ()),
        (', "torn": "calm"', ()),
        (', "torn": null', ()),
    ],
)
def test_labels_a_reader_was_torn_about(tmp_path, field, torn):
    """A list of second choices is kept; anything else in its place is none."""
    path = write(tmp_path, "a.jsonl", f'{{"text": "好", "temperament": "unclear", "state": "angry"{field}}}')
    assert read_examples(path)[0].torn == torn


def test_grades_are_shares_of_the_greatest(tmp_path):
    """One digit a scale becomes a share; no column, or an empty one, is no grades."""
    rows = ['"grades": "1003200131024", ', '"grades": "", ', '"grades": null, ', ""]
    text = "\n".join(f'{{{row}"text": "好", "temperament": "unclear", "state": "calm"}}' for row in rows)
    graded, *others = read_examples(write(tmp_path, "a.jsonl", text))
    assert graded.grades == (0.25, 0, 0, 0.75, 0.5, 0, 0, 0.25, 0.75, 0.5, 0, 1, 1)
    assert [one.grades for one in others] == [(), (), ()]


@pytest.mark.parametrize(
    "digits", ["123", "00000000000000", "000000000000x", "0000000003000", "0000000050000", "１" * 13]
)
def test_broken_grades_are_named(tmp_path, digits):
    """Too few, too many, no digits, a grade above its scale: the row is named and what is allowed."""
    path = write(
        tmp_path, "a.jsonl", json.dumps({"text": "好", "temperament": "unclear", "state": "calm", "grades": digits})
    )
    with pytest.raises(InputError) as caught:
        read_examples(path)
    assert "item 1: The column grades holds 13 digits" in caught.value.en
    assert "第 1 条" in caught.value.zh


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ('"source": "waimai"', "waimai"),
        ('"channel": "phone"', "phone"),
        ('"source": "waimai", "channel": "phone"', "waimai"),
        ('"source": "", "channel": "phone"', "phone"),
        ('"id": 1', ""),
    ],
)
def test_written_messages_have_their_channel_as_source(tmp_path, fields, source):
    """Public messages name their source, written ones their channel."""
    path = write(tmp_path, "a.jsonl", f'{{"text": "好", "temperament": "unclear", "state": "angry", {fields}}}')
    assert read_examples(path)[0].source == source


def softly(text, **changes):
    """Return a line as ``classify --format json`` writes it, with some keys changed."""
    return json_line(reading_json(Reading.of("choleric", "angry", text)) | changes) + "\n"


def test_read_soft(tmp_path):
    """What one model read becomes what another learns from; unreadable messages are left out."""
    lines = softly("退款") + softly("😀", reason="symbols_only") + softly("快点")
    found = read_soft(write(tmp_path, "a.jsonl", lines))
    assert found == [
        SoftExample(
            text,
            {label: float(label == "choleric") for label in TEMPERAMENTS},
            {label: float(label == "angry") for label in STATES},
            {label: float(label == "angry") for label in FEELINGS},
        )
        for text in ("退款", "快点")
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"state_probabilities": None},
        {"state_probabilities": [1.0]},
        {"temperament_probabilities": "choleric"},
        {"present_probabilities": {"angry": "very"}},
        {"present_probabilities": {"angry": None}},
    ],
)
def test_soft_labels_of_another_shape(tmp_path, changes):
    """The item that does not fit is named, with what was expected."""
    path = write(tmp_path, "a.jsonl", softly("退款") + softly("快点", **changes))
    refuse(f"{path} 第 2 条", f"Item 2 of {path}", read_soft, path)
    refuse("classify --format json", "classify --format json", read_soft, path)


@pytest.mark.parametrize(
    "changes",
    [
        {"present_probabilities": {}},
        {"present_probabilities": {"angry": 1.0}},
        {"state_probabilities": {"happy": 1.0}},
        {"temperament_probabilities": dict.fromkeys(TEMPERAMENTS, float("nan"))},
        {"present_probabilities": dict.fromkeys(FEELINGS, 7.0)},
    ],
)
def test_soft_labels_that_make_no_sense(tmp_path, changes):
    """Missing and foreign labels, and numbers that are no probabilities, are refused before the training."""
    path = write(tmp_path, "a.jsonl", softly("快点", **changes))
    refuse("第 1 条", "Item 1", read_soft, path)


@pytest.mark.parametrize("key", ["text", "temperament_probabilities", "state_probabilities", "present_probabilities"])
def test_soft_labels_without_a_key(tmp_path, key):
    """Labelled files and plain texts are no soft labels; the missing key is named."""
    row = {name: value for name, value in reading_json(Reading.of(text="好")).items() if name != key}
    refuse(key, key, read_soft, write(tmp_path, "a.jsonl", json.dumps(row)))


@pytest.mark.parametrize(
    ("also", "labels"),
    [
        ("", ()),
        ("焦急", ("anxious",)),
        ("焦急,难缠", ("anxious", "difficult")),
        ("焦急，混乱", ("anxious", "confused")),
    ],
)
def test_further_states_of_a_table(tmp_path, also, labels):
    """Several are separated by a comma of either width."""
    path = write(tmp_path, "a.tsv", f"text\ttemperament\tstate\talso\n好\tunclear\tangry\t{also}\n")
    assert read_examples(path)[0].also == labels


@pytest.mark.parametrize(
    ("rows", "zh", "en"),
    [
        ("甲,胆汁质,高兴\n", "第 1 条：没有“高兴”这种情绪状态", "item 1: There is no state called '高兴'"),
        ("甲,unclear,calm\n乙,,calm\n", "第 2 条：没有“”这种气质", "item 2: There is no temperament called ''"),
        ("甲,unclear,calm\n乙,unclear\n", "第 2 条：没有“”这种情绪状态", "item 2: There is no state called ''"),
    ],
)
def test_a_wrong_label_names_its_item(tmp_path, rows, zh, en):
    """File, item and the allowed labels stand in the message."""
    path = write(tmp_path, "a.csv", "text,temperament,state\n" + rows)
    refuse(f"{path} {zh}", f"{path} {en}", read_examples, path)
    refuse("choleric (胆汁质·孙悟空)" if "气质" in zh else "angry (愤怒)", "Choose one of:", read_examples, path)


@pytest.mark.parametrize("also", ["[1]", "[null]", "5", "true"])
def test_a_wrong_further_state_names_its_item(tmp_path, also):
    """A number in place of a label is an input error like a wrong label."""
    path = write(tmp_path, "a.jsonl", f'{{"text": "好", "temperament": "unclear", "state": "angry", "also": {also}}}')
    refuse("第 1 条", "item 1", read_examples, path)


def test_labelled_files_need_their_columns(tmp_path):
    """A missing label column is named; a file without rows is refused."""
    refuse("temperament/气质", "it has: text, state", read_examples, write(tmp_path, "a.csv", "text,state\n好,calm\n"))
    refuse("里没有消息", "holds no messages", read_examples, write(tmp_path, "b.csv", "text,temperament,state\n"))


def test_file_hash_is_sha256(tmp_path):
    """The hash of the bytes, so that anybody can check it."""
    path = write(tmp_path, "a.txt", "好")
    assert file_hash(path) == hashlib.sha256("好".encode()).hexdigest()


def test_test_ids_are_one_in_five_and_fixed():
    """The split depends on the id alone."""
    chosen = [f"c{n:04}" for n in range(5000) if is_test_id(f"c{n:04}")]
    assert 900 < len(chosen) < 1100
    assert chosen[:4] == ["c0003", "c0005", "c0007", "c0009"]


def test_messages_of_the_test_part_are_left_out():
    """What folds to a held-out text does not stay in training."""
    kept, leaked = Example("好的", "unclear", "calm"), Example("太慢了！！！！！", "unclear", "angry")
    held_out = [Example("太慢了!!!", "unclear", "angry")]
    assert without_leaks([kept, leaked], held_out, lambda text: fold(text).text) == [kept]
    assert without_leaks([kept], [], str) == [kept]
    taught = [SoftExample(text, {}, {}, {}) for text in ("好的", "太慢了！！！")]
    assert without_leaks(taught, held_out, lambda text: fold(text).text) == taught[:1]
