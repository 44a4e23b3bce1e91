"""Batches: every format and encoding, no row lost or doubled, bad records named, kills and full disks survived."""

import csv
import gzip
import io
import json
import os
import random
import resource
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from temperament.batch import Job, checkpoint, columns, run, sinks, streams
from temperament.batch.delimited import Records, Table
from temperament.batch.job import kind_of
from temperament.batch.rows import Reject, Row
from temperament.datasets import read_rows
from temperament.decoding import Stream, decode, is_broken, mend
from temperament.errors import InputError, ModelError, UsageError
from temperament.labels import STATES, TEMPERAMENTS
from temperament.render.jsonl import reading_json

ANGRY = "你们说好三天到，现在第九天了！打电话没人接，到底管不管？！"
TRADITIONAL = "您好，我上週訂的手機到現在還沒有收到，請幫忙查一下，謝謝。"
TEXTS = [ANGRY, TRADITIONAL, "哈哈，“双引号”,逗号", '第一行\n第二行\r\n"引号"', "", "请问有货吗", "😀😀"]
OURS = columns.flat_names(columns.OF_TABLE)


def table(texts=TEXTS):
    """Return texts as CSV with two more columns."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["编号", "内容", "渠道"])
    writer.writerows([number, text, "chat"] for number, text in enumerate(texts))
    return out.getvalue()


def do(source, target, stdin=b"", **options):
    """Run a batch; return what came of it and of standard output."""
    out = io.BytesIO()
    done = run(Job(source, target, **options), io.BytesIO(stdin), out)
    return done, out.getvalue()


def write(path, content, encoding="utf-8"):
    """Write a file and return its path."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def rows_of(path, encoding="utf-8-sig"):
    """Return a CSV file's rows as dictionaries."""
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def expected(texts, default):
    """Return what the library says, as CSV has it."""
    readings = default.classify_many(texts, explain=False)
    rows = []
    for one in readings:
        row = {"temperament": one.temperament, "state": one.state, "also": ";".join(one.also)}
        for head in ("temperament", "state"):
            chances = getattr(one, f"{head}_probabilities")
            row |= {f"{head}_probabilities.{label}": f"{chance:.4f}" for label, chance in chances.items()}
            row[f"confidence.{head}"] = one.confidence[head]
        rows.append(row | {"reason": one.reason or ""})
    return rows


def refuse(zh, en, call, *arguments, kind=InputError, **options):
    """Expect an error that says so in both languages."""
    with pytest.raises(kind) as caught:
        call(*arguments, **options)
    assert zh in caught.value.zh
    assert en in caught.value.en


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["m.csv", "m.CSV.gz", "m.tsv"])
def test_a_table_comes_back_with_readings(tmp_path, default, encoding, name):
    """All columns, the order and every character stay; the readings are the library's."""
    text = table().replace(",", "\t").replace("\t逗号", ",逗号") if "tsv" in name else table()
    data = text.encode(encoding)
    source = write(tmp_path / name, gzip.compress(data) if name.endswith("gz") else data)
    done, _ = do(source, tmp_path / "out.csv")
    found = rows_of(tmp_path / "out.csv")
    assert list(found[0]) == ["编号", "内容", "渠道", *OURS]
    assert [one["内容"] for one in found] == TEXTS
    assert [one["编号"] for one in found] == [str(number) for number in range(len(TEXTS))]
    assert [{name: one[name] for name in OURS} for one in found] == expected(TEXTS, default)
    assert (done.rows, done.rejected, done.unread, sum(done.states.values())) == (7, 0, 2, 5)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "out.csv"])


def test_big5_is_read(tmp_path):
    """A Big5 table is told from GBK."""
    source = write(tmp_path / "m.csv", f"id,text\r\n1,{TRADITIONAL}\r\n2,請問什麼時候可以退款\r\n", "big5")
    do(source, tmp_path / "out.csv")
    assert [one["text"] for one in rows_of(tmp_path / "out.csv")] == [TRADITIONAL, "請問什麼時候可以退款"]


def test_empty_text_is_an_honest_answer(tmp_path):
    """A row without text is no reject: it is unclear, calm, and says why."""
    done, _ = do(write(tmp_path / "m.csv", "id,text\n1,\n2\n3,好的谢谢\n"), tmp_path / "out.csv")
    first, second, third = rows_of(tmp_path / "out.csv")
    assert done.rejected == 0
    assert [one["reason"] for one in (first, second, third)] == ["empty", "empty", ""]
    assert (first["temperament"], first["state"]) == ("unclear", "calm")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5hkscs"])
def test_blocks_do_not_change_the_text(monkeypatch, size, encoding):
    """Lines that stream by in blocks are those of the whole text, wherever the blocks are cut."""
    text = ("plain ASCII,1\r\n" + TRADITIONAL + "\n\r\r\n" + TRADITIONAL) * 3
    whole = streams.Lines(io.BytesIO(text.encode(encoding)), "x")
    assert "".join(whole) == text == decode(text.encode(encoding))
    stream = Stream()
    stream.feed(text.encode(encoding)[:300])
    monkeypatch.setattr(streams, "BLOCK", 300)
    data = text.encode(encoding)
    decoder, parts = Stream(), []
    parts.append(decoder.feed(data[:120]))
    parts += [decoder.feed(data[start : start + size]) for start in range(120, len(data), size)]
    assert "".join(parts) + decoder.feed(b"", last=True) == text
    lines = list(streams.Lines(io.BytesIO(data), "x"))
    assert lines == list(io.StringIO(text, newline=""))


def test_the_encoding_is_decided_where_it_shows(monkeypatch, tmp_path):
    """After a block of plain ASCII the first Chinese decides, as it would in the whole file."""
    monkeypatch.setattr(streams, "BLOCK", 64)
    content = "id,text\r\n" + "".join(f"{number},ok\r\n" for number in range(100)) + f"100,{ANGRY}\r\n" * 3
    do(write(tmp_path / "m.csv", content, "gb18030"), tmp_path / "out.csv")
    assert [one["text"] for one in rows_of(tmp_path / "out.csv")][-3:] == [ANGRY] * 3


@given(st.binary(max_size=80))
@settings(max_examples=200)
def test_any_bytes_are_some_lines(data):
    """Nothing breaks the reader of bytes, and a mended line holds no marks."""
    if data[:2] == b"\x1f\x8b":
        return
    lines = list(streams.Lines(io.BytesIO(data), "x"))
    assert not any(is_broken(mend(line)) for line in lines)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_broken_bytes_cost_their_row_only(tmp_path, encoding):
    """A broken byte later in the file rejects its row, with its line; the rows around it are read."""
    lines = [f"{number},{ANGRY}\n".encode(encoding) for number in range(50)]
    lines[30] = lines[30][:6] + b"\xff" + lines[30][6:]
    done, _ = do(write(tmp_path / "m.csv", b"id,text\n" + b"".join(lines)), tmp_path / "out.csv")
    (reject,) = rows_of(tmp_path / "out.csv.rejects.csv")
    assert (reject["line"], reject["reason"]) == ("32", "broken_bytes")
    assert "\ufffd" in reject["content"]
    assert [one["id"] for one in rows_of(tmp_path / "out.csv")] == [str(n) for n in range(50) if n != 30]
    assert (done.rows, done.rejected, done.rejects) == (49, 1, tmp_path / "out.csv.rejects.csv")


def parse(text, width=3):
    """Return what a table of that width makes of text below its header."""
    lines = streams.Lines(io.BytesIO(text.encode("utf-8-sig")), "x")
    return list(Table(width, 1, ",", lines).read(Records(lines, ",")))


def cells_and_rejects(found):
    """Tell rows and rejects apart."""
    return [one.cells for one in found if isinstance(one, Row)], [
        (one.line, one.reason, one.content) for one in found if isinstance(one, Reject)
    ]


def test_an_open_quote_swallows_nothing():
    """The line with the open quote is rejected, every line after it is read."""
    found = parse('1,"好,a\n2,请问,b\n3,"他说""好""\n第二行",c\n4,,d\n')
    assert cells_and_rejects(found) == (
        [["2", "请问", "b"], ["3", '他说"好"\n第二行', "c"], ["4", "", "d"]],
        [(1, "open_quote", '1,"好,a')],
    )


def test_an_open_quote_at_the_end():
    """So is one on the last line, or one that nothing closes."""
    assert cells_and_rejects(parse('1,a,b\n2,"c,d'))[1] == [(2, "open_quote", '2,"c,d')]
    rows, rejects = cells_and_rejects(parse('1,"a,b\n' + "".join(f"{number},x,y\n" for number in range(2, 30_000))))
    assert (len(rows), rejects) == (29_998, [(1, "open_quote", '1,"a,b')])


def test_stray_quotes_inside_a_line_are_read():
    """A quote that should have been doubled is taken as it stands when its line is a whole row."""
    assert cells_and_rejects(parse('1,"他说"好"的",x\n2,b"c"d,x\n')) == (
        [["1", '他说好"的"', "x"], ["2", 'b"c"d', "x"]],
        [],
    )


def test_rows_of_another_width():
    """Cells missing at the end are empty, empty cells beyond it are dropped, others reject the row."""
    rows, rejects = cells_and_rejects(parse("1,a\n\n2,a,b,,\n3,慢,多了,x\n"))
    assert rows == [["1", "a", ""], ["2", "a", "b"]]
    assert rejects == [(4, "cells", "3,慢,多了,x")]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=3, max_size=3)))
def test_whatever_csv_writes_is_read_back(rows):
    """Any cells written by the csv module come back, none rejected."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    assert cells_and_rejects(parse(out.getvalue())) == (rows, [])


@given(st.text(alphabet='a,"\n\r好', max_size=60))
def test_any_text_is_parsed_to_its_end(text):
    """Nothing breaks the parser, and what it rejects are whole lines."""
    rows, rejects = cells_and_rejects(parse(text + "\n9,last,line\n"))
    assert rows[-1:] == [["9", "last", "line"]] or rejects


def test_a_line_without_end_does_not_fill_the_memory(monkeypatch, tmp_path):
    """A line over the limit is cut and rejected; the next one is read."""
    monkeypatch.setattr(streams, "LONGEST", 5000)
    monkeypatch.setattr(streams, "BLOCK", 1000)
    done, _ = do(
        write(tmp_path / "m.jsonl", '{"text": "' + "好" * 50_000 + f'"}}\n{{"text": "{ANGRY}"}}\n'),
        tmp_path / "o.jsonl",
    )
    assert (done.rows, done.rejected, done.first[0].reason) == (1, 1, "too_long")
    assert len(done.first[0].content) < 6000


def test_lines_of_json_are_those_of_classify(tmp_path, default):
    """The keys of the input stay; ours are those of ``classify --format json`` without evidence."""
    source = write(
        tmp_path / "m.jsonl", "".join(json.dumps({"id": n, "text": t}) + "\n\n" for n, t in enumerate(TEXTS))
    )
    do(source, tmp_path / "out.jsonl")
    found = read_rows(tmp_path / "out.jsonl")
    for number, (one, text) in enumerate(zip(found, TEXTS, strict=True)):
        reading = reading_json(default.classify(text))
        del reading["evidence"]
        assert one == {"id": number} | reading
        assert list(one) == ["id", *reading]


def test_evidence_on_demand(tmp_path, default):
    """``evidence`` adds what ``classify`` shows, in JSON and in a cell."""
    source = write(tmp_path / "m.jsonl", json.dumps({"text": ANGRY}) + "\n")
    do(source, tmp_path / "out.jsonl", evidence=True)
    do(source, tmp_path / "out.csv", evidence=True)
    wanted = reading_json(default.classify(ANGRY))["evidence"]
    assert wanted
    assert read_rows(tmp_path / "out.jsonl")[0]["evidence"] == wanted
    assert json.loads(rows_of(tmp_path / "out.csv")[0]["evidence"]) == wanted


def test_bad_lines_of_json(tmp_path):
    """What is no JSON, or no message, is rejected by line; null and a missing text are empty messages."""
    content = '{"text": "好的谢谢"}\n{"text": \n[1]\n"一句话而已"\n{"text": null}\n{"id": 3}\n3\n'
    done, _ = do(write(tmp_path / "m.jsonl", content), tmp_path / "out.jsonl")
    assert [one["text"] for one in read_rows(tmp_path / "out.jsonl")[:2]] == ["好的谢谢", "一句话而已"]
    assert (done.rows, done.unread) == (4, 2)
    assert [(one.line, one.reason) for one in done.first] == [(2, "not_json"), (3, "not_object"), (7, "not_object")]


def test_json_to_csv_loses_no_key(tmp_path):
    """Nested values become JSON; a key that shows up late has no column, and its line is rejected."""
    lines = [{"text": "好的", "tags": ["a", "b"], "ok": True, "n": None}] * 1000 + [{"text": "好的", "late": 1}]
    source = write(tmp_path / "m.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    done, _ = do(source, tmp_path / "out.csv")
    first = rows_of(tmp_path / "out.csv")[0]
    assert (first["tags"], first["ok"], first["n"]) == ('["a", "b"]', "true", "")
    assert [(one.line, one.reason) for one in done.first] == [(1001, "new_key")]
    assert do(source, tmp_path / "out.jsonl")[0].rejected == 0


def test_taken_names(tmp_path):
    """A column of the input keeps its name; ours gets a number, in tables and in JSON."""
    content = "text,state,State_2\n好的谢谢,湖北,x\n"
    done, _ = do(write(tmp_path / "m.csv", content), tmp_path / "out.csv")
    (row,) = rows_of(tmp_path / "out.csv")
    assert (row["state"], row["State_2"], row["state_3"]) == ("湖北", "x", "calm")
    assert done.renamed == {"state": "state_3"}
    done, _ = do(tmp_path / "m.csv", tmp_path / "out.jsonl")
    (row,) = read_rows(tmp_path / "out.jsonl")
    assert (row["state"], row["state_3"]) == ("湖北", "calm")


def test_a_key_taken_late_is_moved(tmp_path):
    """A line of JSON whose key is ours by then keeps its value as ``input.KEY``."""
    lines = [{"text": "好的谢谢"}] * 1000 + [{"text": "好的谢谢", "state": "湖北"}]
    source = write(tmp_path / "m.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    do(source, tmp_path / "out.jsonl")
    last = read_rows(tmp_path / "out.jsonl")[-1]
    assert (last["input.state"], last["state"]) == ("湖北", "calm")


def test_columns_can_be_chosen(tmp_path):
    """Only what is asked for is written, in that order."""
    source = write(tmp_path / "m.csv", table())
    do(source, tmp_path / "out.csv", fields=columns.parse("state, probabilities，state"))
    names = [
        f"{head}_probabilities.{one}"
        for head, labels in (("temperament", TEMPERAMENTS), ("state", STATES))
        for one in labels
    ]
    assert list(rows_of(tmp_path / "out.csv")[0])[3:] == ["state", *names]
    do(source, tmp_path / "out.jsonl", fields=("state",))
    assert list(read_rows(tmp_path / "out.jsonl")[0]) == ["编号", "内容", "渠道", "state"]
    refuse("没有“mood”", "know 'mood'", columns.parse, "mood", kind=UsageError)
    refuse("空的", "empty", columns.parse, " , ", kind=UsageError)


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1", "\r=1"])
def test_formulas_are_escaped_on_request(tmp_path, cell):
    """With ``safe_cells`` such a cell gets an apostrophe; without it stays as it is; plain numbers always do."""
    source = write(tmp_path / "m.csv", table([cell, "-12.5", "+8613800000000", "-5%"]))
    for safe, wanted in ((True, "'" + cell), (False, cell)):
        do(source, tmp_path / "out.csv", safe_cells=safe)
        assert [one["内容"] for one in rows_of(tmp_path / "out.csv")] == [wanted, "-12.5", "+8613800000000", "-5%"]


@pytest.mark.parametrize(("encoding", "codec"), [("utf-8", "utf-8"), ("gb18030", "gb18030"), (None, "utf-8-sig")])
def test_encodings_of_the_output(tmp_path, encoding, codec):
    """The mark that Excel needs stands in front unless another encoding is asked for."""
    do(write(tmp_path / "m.csv", table()), tmp_path / "out.csv", encoding=encoding)
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf") == (encoding is None)
    assert rows_of(tmp_path / "out.csv", codec)[0]["内容"] == ANGRY


def test_gzip_out(tmp_path):
    """A name that ends in .gz makes gzip, also over several checkpoints."""
    source = write(tmp_path / "m.csv", table([f"{ANGRY}{n}" for n in range(9000)]))
    do(source, tmp_path / "out.csv.gz", pause=0.0)
    with gzip.open(tmp_path / "out.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        assert [one["编号"] for one in csv.DictReader(file)] == [str(number) for number in range(9000)]


def test_workbooks(tmp_path, default):
    """Workbooks in and out: numbers and dates stay what they are, text is never a formula, empty rows at the end are none."""
    book = openpyxl.Workbook()
    when = datetime(2026, 11, 22, 12, 0)
    for row in (["编号", "留言", "时间"], [1, ANGRY, when], [None, None, None], [2.5, "=1+1", None], [3, 5, None]):
        book.active.append(row)
    book.active["B4"].data_type = "s"
    book.active["A9"] = None
    book.save(tmp_path / "m.xlsx")
    done, _ = do(tmp_path / "m.xlsx", tmp_path / "out.xlsx")
    found = [list(row) for row in openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows()]
    assert [cell.value for cell in found[0]] == ["编号", "留言", "时间", *OURS]
    assert [cell.value for cell in found[1][:4]] == [1, ANGRY, when, default.classify(ANGRY).temperament]
    assert isinstance(found[1][OURS.index("state_probabilities.angry") + 3].value, float)
    assert (found[3][1].value, found[3][1].data_type) == ("=1+1", "s")
    assert (done.rows, [row[0].value for row in found[1:]]) == (4, [1, None, 2.5, 3])
    do(tmp_path / "m.xlsx", tmp_path / "out.csv")
    assert [one["留言"] for one in rows_of(tmp_path / "out.csv")] == [ANGRY, "", "=1+1", "5"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.xlsx", "out.csv", "out.xlsx"]


def test_workbooks_with_what_excel_cannot_hold(tmp_path):
    """Control characters become U+FFFD, cells beyond the header reject their row."""
    do(write(tmp_path / "m.csv", "text\n好\x07的\n"), tmp_path / "out.xlsx")
    assert openpyxl.load_workbook(tmp_path / "out.xlsx").active["A2"].value == "好\ufffd的"
    book = openpyxl.Workbook()
    for row in (["text"], ["好的"], ["好的", "x"]):
        book.active.append(row)
    book.save(tmp_path / "m.xlsx")
    done, _ = do(tmp_path / "m.xlsx", tmp_path / "out.csv")
    assert [(one.line, one.reason) for one in done.first] == [(3, "cells")]


def test_a_sheet_that_is_full(tmp_path, monkeypatch):
    """More rows than a sheet holds are an error that says what to do, and nothing is half written."""
    from temperament.batch import workbooks

    monkeypatch.setattr(workbooks, "_MOST_ROWS", 5)
    source = write(tmp_path / "m.csv", table())
    refuse("改成 .csv", "Write .csv", do, source, tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


def test_parquet(tmp_path, default):
    """Parquet in and out: types stay, readings are numbers and text."""
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    when = [datetime(2026, 11, 22, number) for number in range(len(TEXTS))]
    source = arrow.table(
        {"id": range(len(TEXTS)), "content": [*TEXTS[:-1], None], "when": when, "tags": [["a"]] * len(TEXTS)}
    )
    parquet.write_table(source, tmp_path / "m.parquet")
    do(tmp_path / "m.parquet", tmp_path / "out.parquet")
    found = parquet.read_table(tmp_path / "out.parquet")
    assert found.select(source.column_names) == source
    assert found["state"].to_pylist()[0] == default.classify(ANGRY).state
    assert found.schema.field("state_probabilities.angry").type == arrow.float64()
    assert found["reason"].to_pylist()[-1] == "empty"
    do(tmp_path / "m.parquet", tmp_path / "out.csv")
    assert rows_of(tmp_path / "out.csv")[0]["tags"] == '["a"]'
    do(tmp_path / "out.csv", tmp_path / "again.parquet")
    assert parquet.read_table(tmp_path / "again.parquet")["content"].to_pylist()[:3] == TEXTS[:3]


def test_parquet_needs_its_extra(tmp_path, monkeypatch):
    """Without pyarrow the message says what to install."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    source = write(tmp_path / "m.csv", table())
    refuse("temperament[parquet]", "temperament[parquet]", do, source, tmp_path / "out.parquet")


@pytest.mark.parametrize(
    ("name", "content"), [("m.xlsx", b"PK\x03\x04 no"), ("m.xlsx", b""), ("m.parquet", b"PAR1 no")]
)
def test_broken_files(tmp_path, name, content):
    """What is no workbook, or no Parquet, is said to be none."""
    if name == "m.parquet":
        pytest.importorskip("pyarrow")
    refuse("不是能", "is not a", do, write(tmp_path / name, content), tmp_path / "out.csv")


def test_gzip_that_stops_in_the_middle(tmp_path):
    """A file cut off is an error that says so; what was read stays aside."""
    data = gzip.compress(table([f"{ANGRY}{n}" for n in range(2000)]).encode())
    refuse(
        "读到一半", "cannot be read to its end", do, write(tmp_path / "m.csv.gz", data[:-2000]), tmp_path / "out.csv"
    )
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(("data", "first"), [(table().encode(), "编号,"), (b'{"text": "ok"}\n', '{"text"')])
def test_pipes(data, first):
    """Standard input is told by its first line; standard output has the same format, without a mark."""
    done, out = do(None, None, stdin=data)
    assert out.decode().startswith(first)
    assert done.rows == (7 if b"chat" in data else 1)
    assert do(None, None, stdin=gzip.compress(data))[1] == out


def test_nothing_in_nothing_out(tmp_path):
    """Empty files are no error."""
    for name in ("m.csv", "m.jsonl", "m.txt"):
        assert do(write(tmp_path / name, ""), tmp_path / "out.jsonl")[0].rows == 0
    assert do(write(tmp_path / "m.csv", "id,text\n"), tmp_path / "out.csv")[0].rows == 0
    assert rows_of(tmp_path / "out.csv") == []


def test_plain_lines(tmp_path):
    """A text file is one message a line, blank lines aside."""
    do(write(tmp_path / "m.txt", f"{ANGRY}\n\n好的谢谢\r\n", "gb18030"), tmp_path / "out.csv")
    assert [one["text"] for one in rows_of(tmp_path / "out.csv")] == [ANGRY, "好的谢谢"]


def test_what_cannot_be_done(tmp_path):
    """Missing files, unknown kinds and columns, pipes where there are none, the source as target."""
    source = write(tmp_path / "m.csv", table())
    refuse("找不到文件", "No file", do, tmp_path / "none.csv", tmp_path / "o.csv")
    refuse("是文件夹", "is a folder", do, tmp_path, tmp_path / "o.csv", reading="csv")
    refuse("不认识", "not a kind", do, source, tmp_path / "o.doc")
    refuse("没有名为 话 的列", "no column named 话", do, source, tmp_path / "o.csv", text_column="话")
    refuse("放不下", "no place", do, source, tmp_path / "o.txt", kind=UsageError)
    refuse("不能是 -", "not -", do, None, tmp_path / "o.xlsx", kind=UsageError)
    refuse("xlsx", "cannot be xlsx", do, None, None, reading="xlsx", kind=UsageError)
    refuse("同一个文件", "the same file", do, source, source, kind=UsageError)
    refuse("同一个文件", "the same file", do, source, tmp_path / "o.csv", rejects=source, kind=UsageError)
    part = write(tmp_path / "d.csv.part", table())
    refuse("同一个文件", "the same file", do, part, tmp_path / "d.csv", reading="csv", kind=UsageError)
    assert part.read_text(encoding="utf-8") == source.read_text(encoding="utf-8")
    refuse("找不到文件", "No file", do, tmp_path / "none.csv", source)
    refuse("--jobs", "--jobs", do, source, tmp_path / "o.csv", jobs=0, kind=UsageError)
    refuse("--resume", "--resume", do, None, tmp_path / "o.csv", resume=True, kind=UsageError)
    refuse("JSON 列表", "one JSON list", do, write(tmp_path / "m.json", '[{"text": 1}]'), tmp_path / "o.csv")
    refuse("表头", "The header", do, write(tmp_path / "q.csv", 'id,"text\n1,a\n'), tmp_path / "o.csv")
    refuse("找不到模型", "No model", do, source, tmp_path / "o.csv", model="none", kind=ModelError)
    refuse("写不了", "cannot be written", do, source, tmp_path / "no" / "o.csv")
    assert kind_of(Path("A.NDJSON.GZ")) == "jsonl"


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A table of 16,000 rows with a few bad ones, and what an undisturbed run makes of it."""
    folder = tmp_path_factory.mktemp("many")
    lines = [f"{number},{TEXTS[number % 3].replace(',', '，')}第{number}次\n" for number in range(16_000)]
    for bad in range(1000, 16_000, 3000):
        lines[bad] = f'{bad},"好,的\n'
    source = write(folder / "m.csv", "id,text\n" + "".join(lines))
    do(source, folder / "calm.csv")
    return source, (folder / "calm.csv").read_bytes(), (folder / "calm.csv.rejects.csv").read_bytes()


def results(target):
    """Return the bytes of a result and of its rejects."""
    return target.read_bytes(), target.with_name(target.name + ".rejects.csv").read_bytes()


def test_processes_give_the_same(many, tmp_path):
    """Two processes write the same bytes as one."""
    source, *calm = many
    do(source, tmp_path / "out.csv", jobs=2)
    assert results(tmp_path / "out.csv") == tuple(calm)


class Killed(BaseException):
    """Stands for a kill: nothing below may catch it."""


def interrupted(source, target, after, **options):
    """Run a batch and end it after a number of chunks."""
    left = [after]

    def report(rows, done, total):
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    with pytest.raises(Killed):
        run(Job(source, target, pause=0.0, **options), io.BytesIO(), io.BytesIO(), report)


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.jsonl"])
def test_resume_goes_on_where_it_stopped(many, tmp_path, after, name):
    """Rows written after the last checkpoint are cut off and done again; the result is that of one run."""
    source, *calm = many
    target = tmp_path / name
    interrupted(source, target, after)
    with sinks.aside(target).open("ab") as part:
        part.write(b"half a row")
    done, _ = do(source, target, resume=True)
    whole = tmp_path / f"whole-{name}"
    do(source, whole)
    unpack = gzip.decompress if name.endswith("gz") else bytes
    assert unpack(target.read_bytes()) == unpack(whole.read_bytes())
    assert results(target)[1] == calm[1]
    assert (done.rows, done.resumed > 0) == (15_995, True)
    assert sorted(path.name for path in tmp_path.glob(f"{name}*")) == [name, f"{name}.rejects.csv"]


def test_resume_of_a_workbook(many, tmp_path):
    """Workbooks and Parquet are put together at the end; the readings survive a kill."""
    source, *_ = many
    interrupted(source, tmp_path / "out.xlsx", 2)
    assert do(source, tmp_path / "out.xlsx", resume=True)[0].resumed > 0
    assert [row["id"] for row in read_rows(tmp_path / "out.xlsx")] == [
        str(number) for number in range(16_000) if (number - 1000) % 3000
    ]


def test_resume_refuses_what_changed(many, tmp_path):
    """Another input, other options or a damaged checkpoint are refused; without --resume it starts over."""
    source = write(tmp_path / "m.csv", many[0].read_bytes())
    target = tmp_path / "out.csv"
    interrupted(source, target, 1)
    refuse("选项", "options", do, source, target, resume=True, fields=("state",), kind=UsageError)
    with source.open("ab") as file:
        file.write("16000,再来一条\n".encode())
    refuse("输入文件", "the input file", do, source, target, resume=True, kind=UsageError)
    sinks.aside(target).write_bytes(b"short")
    now = checkpoint.read(target)
    now.identity = checkpoint.identity(Job(source, target), ("csv", "csv"), OURS)
    checkpoint.write(target, now)
    refuse("比断点记的短", "is shorter", do, source, target, resume=True)
    write(checkpoint.path_of(target), "{")
    refuse("断点文件", "The checkpoint", do, source, target, resume=True)
    done, _ = do(source, target)
    assert (done.rows, done.resumed) == (15_996, 0)


def test_resume_refuses_another_model(many, tmp_path, toy_folder):
    """A model trained anew would read the rest differently."""
    interrupted(many[0], tmp_path / "out.csv", 1)
    refuse("模型", "the model", do, many[0], tmp_path / "out.csv", resume=True, model=str(toy_folder), kind=UsageError)


def test_resume_with_only_the_moving_left(many, tmp_path, monkeypatch):
    """A kill between the last row and the move, or in the middle of the moves, leaves nothing undone."""
    from temperament.batch import running

    def killed(*_):
        raise Killed

    target = tmp_path / "out.csv"
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(running, "move", killed)
        do(many[0], target)
    assert not target.exists()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(checkpoint, "remove", killed)
        do(many[0], target, resume=True)
    done, _ = do(many[0], target, resume=True)
    assert (results(target), done.rows) == (many[1:], 15_995)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.csv.rejects.csv"]


KILLED = """
import sys
from pathlib import Path
from temperament.batch import Job, run
if __name__ == "__main__":
    run(Job(Path(sys.argv[1]), Path(sys.argv[2]), resume=True, jobs=int(sys.argv[3]), pause=0.02), sys.stdin.buffer, sys.stdout.buffer)
"""


def test_sigkill_at_random_moments(many, tmp_path):
    """Five kills of a real process, some with workers; the result is byte for byte that of one run."""
    source, *calm = many
    target, program = tmp_path / "out.csv", write(tmp_path / "program.py", KILLED)
    chance, kills, seen = random.Random(5), 0, -1
    while kills < 5:
        process = subprocess.Popen([sys.executable, program, source, target, str(1 + kills % 2)])
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:  # let it write before it is killed
            now = checkpoint.read(target)
            if now and now.taken > seen:
                break
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.2))
        assert process.poll() is None or target.exists()
        if process.poll() is not None:
            break
        process.kill()
        process.wait()
        kills += 1
        seen = now.taken if now else seen
    assert kills >= 2
    do(source, target, resume=True)
    assert results(target) == tuple(calm)


def test_workers_end_with_their_parent(many, tmp_path):
    """A killed batch leaves no worker behind."""
    psutil = pytest.importorskip("psutil")
    program = write(tmp_path / "program.py", KILLED)
    process = psutil.Popen([sys.executable, program, many[0], tmp_path / "out.csv", "2"])
    deadline = time.monotonic() + 60
    while len(process.children()) < 2 and time.monotonic() < deadline:
        time.sleep(0.005)
    workers = process.children()
    process.kill()
    process.wait()
    assert len(workers) >= 2
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert alive == []


def test_a_worker_that_dies_is_reported(many, tmp_path, monkeypatch):
    """The message names memory and --resume."""
    from temperament.batch import answers

    monkeypatch.setattr(answers, "_start_worker", os.abort)
    refuse("--jobs", "--jobs", do, many[0], tmp_path / "out.csv", jobs=2)


def test_a_full_disk(many, tmp_path):
    """A disk that fills up is said so; what was done is kept and goes on when there is room."""
    target = tmp_path / "out.csv"
    interrupted(many[0], target, 0)
    size = sinks.aside(target).stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100_000, hard))
    try:
        refuse("磁盘满了", "The disk is full", do, many[0], target, resume=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not target.exists()
    do(many[0], target, resume=True)
    assert results(target) == many[1:]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_device(many):
    """A device that takes nothing more is an error too."""
    refuse("写满了", "is full", do, many[0], Path("/dev/full"))


def test_two_runs_do_not_write_one_file(many, tmp_path):
    """The second of two runs with the same target is refused."""
    target = tmp_path / "out.csv"
    with sinks.open_part(target):
        refuse("另一个", "Another", do, many[0], target, kind=UsageError)


def test_memory_stays_flat(tmp_path):
    """Four times the rows take no more memory."""
    peaks = []
    for count in (20_000, 80_000):
        source = write(tmp_path / f"{count}.csv", table([f"{ANGRY[: n % 28]}{n}" for n in range(count)]))
        program = f"""
import io
from pathlib import Path
from temperament.batch import Job, run
run(Job(Path({str(source)!r}), Path({str(tmp_path / "out.csv")!r})), io.BytesIO(), io.BytesIO())
print(next(line for line in open("/proc/self/status", encoding="utf-8") if line.startswith("VmHWM")).split()[1])
"""
        peaks.append(int(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout))
    assert peaks[1] < peaks[0] * 1.15
    assert peaks[1] < 300 * 1024


def test_old_rejects_do_not_outlive_their_run(tmp_path):
    """A good run removes the rejects of the one before it; a file that was named is always there."""
    do(write(tmp_path / "m.csv", 'id,text\n1,"a\n2,好的\n'), tmp_path / "out.csv")
    assert (tmp_path / "out.csv.rejects.csv").exists()
    do(write(tmp_path / "m.csv", "id,text\n2,好的\n"), tmp_path / "out.csv", rejects=tmp_path / "bad.csv")
    assert rows_of(tmp_path / "bad.csv") == []
    do(tmp_path / "m.csv", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv.rejects.csv").exists()


def test_rejects_are_safe_cells_too(tmp_path):
    """A record that is no row cannot smuggle a formula into the file of rejects."""
    do(write(tmp_path / "m.csv", "text\n=cmd|1,b,c\n"), tmp_path / "o.csv", safe_cells=True)
    with (tmp_path / "o.csv.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["content"] for row in csv.DictReader(file)] == ["'=cmd|1,b,c"]


def test_rejects_of_an_interrupted_run_are_not_this_runs(tmp_path):
    """What an earlier run had rejected does not come back when the batch starts over."""
    write(tmp_path / "o.csv.rejects.csv.part", "line,reason,detail,content\n2,cells,old,old\n")
    do(write(tmp_path / "m.csv", "text\n好\n"), tmp_path / "o.csv")
    assert not list(tmp_path.glob("*rejects*"))
