"""``temperament batch`` as its user meets it: options, messages in both languages, pipes, signals, exit codes."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from test_cli import ANGRY, run, start  # noqa: F401 (run is a fixture)

from temperament.batch import checkpoint
from temperament.errors import ExitCode
from temperament.reader import Classifier

ROWS = f"编号,留言\n1,{ANGRY}\n2,\n3,请问有货吗\n"


@pytest.fixture
def source(tmp_path):
    """A small table, with one record that is no row."""
    path = tmp_path / "留言.csv"
    path.write_text(ROWS + "4,价格,多少\n", encoding="gb18030")
    return path


def rows_of(path):
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_batch_reads_a_file(run, source, tmp_path):  # noqa: F811
    """The table comes back with readings; what was done, and what was not, is said on standard error."""
    result = run("batch", source, tmp_path / "读数.csv")
    assert (result.code, result.out) == (0, "")
    found = rows_of(tmp_path / "读数.csv")
    reading = Classifier.load("default").classify(ANGRY)
    assert (found[0]["留言"], found[0]["state"], found[0]["temperament"]) == (ANGRY, "angry", reading.temperament)
    assert float(found[0]["state_probabilities.angry"]) == pytest.approx(reading.state_probabilities["angry"], abs=1e-4)
    for words in ("读完 3 行", "愤怒 50.0%", "1 行读不出", "1 条记录不成行", "读数.csv.rejects.csv", "5: 有 3 格"):
        assert words in result.err
    assert rows_of(tmp_path / "读数.csv.rejects.csv")[0]["detail"].startswith("有 3 格，表头有 2 列")


def test_batch_speaks_english(run, source, tmp_path):  # noqa: F811
    """So it does in English, the rejects too."""
    result = run("batch", source, tmp_path / "out.csv", "--lang", "en")
    for words in ("Rows read: 3", "angry 50.0%", "not Chinese …): 1;", "rows of the table: 1, see", "5: 3 cells where"):
        assert words in result.err
    assert rows_of(tmp_path / "out.csv.rejects.csv")[0]["detail"].startswith("3 cells where the header has 2")


def test_quiet_says_nothing(run, source, tmp_path):  # noqa: F811
    """``--quiet`` leaves standard error empty."""
    assert run("batch", source, tmp_path / "out.csv", "--quiet").err == ""


def test_progress_on_request(source, tmp_path):
    """``--progress`` shows the bar where there is no terminal: rows, rate, share."""
    result = start("batch", source, tmp_path / "out.csv", "--progress")
    assert result.code == 0
    for words in ("行/秒", "100%"):
        assert words in result.err


def test_options_reach_the_batch(run, source, tmp_path):  # noqa: F811
    """Columns, evidence, kinds, rejects and safe cells."""
    run(
        "batch",
        source,
        tmp_path / "out.jsonl",
        "--columns",
        "state,confidence",
        "--evidence",
        "--rejects",
        tmp_path / "bad.csv",
    )
    first = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert list(first) == ["编号", "留言", "state", "confidence", "evidence"]
    assert first["evidence"]
    assert len(rows_of(tmp_path / "bad.csv")) == 1
    result = run(
        "batch",
        "-",
        "-",
        "--from",
        "txt",
        "--to",
        "tsv",
        "--columns",
        "state",
        "--safe-cells",
        stdin="=1+1气死我了".encode(),
    )
    assert result.out.replace("\r", "") == "text\tstate\n'=1+1气死我了\tangry\n"


def test_standard_input_to_output(run):  # noqa: F811
    """CSV in, CSV out, without the mark for Excel; bad records are listed, as there is no file for them."""
    result = run("batch", "-", stdin=(ROWS + "4,价格,多少\n").encode())
    assert result.out.startswith("编号,留言,temperament,state,")
    assert result.code == 0
    assert "没有保存" in result.err
    assert "  5: 有 3 格" in result.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("没有.csv", "o.csv"), ExitCode.BAD_INPUT, "找不到文件"),
        (("{source}", "o.doc"), ExitCode.BAD_INPUT, "不认识"),
        (("{source}", "{source}"), ExitCode.USAGE, "同一个文件"),
        (("{source}", "o.csv", "--columns", "mood"), ExitCode.USAGE, "没有“mood”"),
        (("{source}", "o.csv", "--text-column", "话"), ExitCode.BAD_INPUT, "编号、留言"),
        (("-", "o.csv", "--resume"), ExitCode.USAGE, "普通文件"),
        (("{source}", "/dev/full"), ExitCode.BAD_INPUT, "写满了"),
        (("{source}", "o.csv", "--model", "none"), ExitCode.BAD_INPUT, "找不到模型"),
        (("{source}", "o.csv", "--model", "none", "--jobs", "2"), ExitCode.BAD_INPUT, "找不到模型"),
    ],
)
def test_errors(run, source, tmp_path, monkeypatch, arguments, code, words):  # noqa: F811
    """Every error says what was wrong in one line, with its exit code."""
    monkeypatch.chdir(tmp_path)
    result = run("batch", *(one.replace("{source}", str(source)) for one in arguments))
    assert (result.code, result.out) == (code, "")
    assert words in result.err
    assert "Traceback" not in result.err


@pytest.fixture
def long_source(tmp_path):
    """A table that takes some seconds."""
    path = tmp_path / "long.csv"
    path.write_text("id,text\n" + "".join(f"{number},{ANGRY}{number}\n" for number in range(400_000)), encoding="utf-8")
    return path


def test_whoever_reads_may_stop(long_source):
    """``| head`` ends the batch without an error of ours."""
    command = f'"{sys.executable}" -m temperament batch "{long_source}" - | head -n 2'
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, encoding="utf-8", timeout=100)
    assert (done.returncode, done.stdout.splitlines()[1].split(",")[0]) == (0, "0")
    assert done.stderr in {"输出没人接着读了，停下。\n", "Nobody reads the output any more; stopped.\n"}


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_signal_stops_it_and_resume_goes_on(long_source, tmp_path, sign, jobs):
    """Ctrl-C and SIGTERM leave a checkpoint and say how to go on; then nothing is lost or doubled."""
    target = tmp_path / "out.csv"
    arguments = ["batch", str(long_source), str(target), "--jobs", str(jobs), "--columns", "state", "--lang", "en"]
    process = subprocess.Popen(
        [sys.executable, "-m", "temperament", *arguments], stderr=subprocess.PIPE, encoding="utf-8"
    )
    deadline = time.monotonic() + 60
    while not checkpoint.path_of(target).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(sign)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (ExitCode.INTERRUPTED, "Stopped. Run again with --resume to go on.\n")
    assert not target.exists()
    result = start(*arguments, "--resume")
    assert result.code == 0
    assert "Done by earlier runs: " in result.err
    assert [row["id"] for row in rows_of(target)] == [str(number) for number in range(400_000)]


def test_help_has_an_example(run):  # noqa: F811
    """The help shows how to use it, in Chinese and English."""
    environment = os.environ | {"COLUMNS": "120"}
    for language, words in (("zh", "例：temperament batch"), ("en", "Example: temperament batch")):
        assert words in start("batch", "--help", env=environment | {"TEMPERAMENT_LANG": language}).out
