"""``temperament label`` in a real terminal: a pty, an 80 × 24 screen, keys as a person types them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import temperament

pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
pyte = pytest.importorskip("pyte", reason="needs a terminal emulator")
import fcntl  # noqa: E402
import select  # noqa: E402
import struct  # noqa: E402
import termios  # noqa: E402

from temperament.cli.terminal import keys_of  # noqa: E402

ROOT = Path(temperament.__file__).resolve().parents[1]
MESSAGES = [
    "说好三天到，第九天了！按规定不该这样吧？",
    "请问几点关门",
    "亲，小哥是骑蜗牛来的吗哈哈哈",
    "马上退款，少废话！",
]
PATIENCE = 60
ENTER, CTRL_C, DOWN = "\r", "\x03", "\x1b[6~"


class Terminal:
    """A process in a pseudo-terminal whose screen is kept as a person would see it."""

    def __init__(self, *arguments, lang="zh", size=(24, 80)):
        """Start ``temperament label`` with these arguments."""
        self.screen = pyte.Screen(size[1], size[0])
        self._stream = pyte.ByteStream(self.screen)
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self.before = termios.tcgetattr(slave)
        environment = os.environ | {"TERM": "xterm-256color", "TEMPERAMENT_LANG": lang, "PYTHONPATH": str(ROOT)}
        environment = {key: value for key, value in environment.items() if key not in {"COLUMNS", "LINES"}}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "temperament", "label", *map(str, arguments)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        self.master, self.slave = master, slave
        self.raw = b""

    @property
    def text(self):
        """Return the screen as text."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def type(self, keys):
        """Send keys."""
        os.write(self.master, keys.encode())

    def wait_for(self, *wanted):
        """Read until all of it stands on the screen."""
        end = time.monotonic() + PATIENCE
        while not all(one in self.text for one in wanted):
            assert time.monotonic() < end, f"{wanted} never came; the screen:\n{self.text}"
            self._read(0.2)

    def leave(self):
        """Wait for the end of the process and return its exit code."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < end, self.text
            self._read(0.1)
        self._read(0.1)
        return self.process.returncode

    def _read(self, seconds):
        if select.select([self.master], [], [], seconds)[0]:
            data = os.read(self.master, 65536)
            self.raw += data
            self._stream.feed(data)

    def close(self):
        """End the process, if it still runs, and close both sides."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def place(tmp_path):
    """A file of messages, and where their labels go."""
    (tmp_path / "m.txt").write_text("\n".join(MESSAGES) + "\n", encoding="utf-8")
    return tmp_path / "m.txt", tmp_path / "l.jsonl"


@pytest.fixture
def terminal():
    """Open terminals that are closed after the test."""
    opened = []

    def open_one(*arguments, **options):
        opened.append(Terminal(*arguments, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def labels(path):
    """Return text, temperament and state of every line."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(row["text"], row["temperament"], row["state"]) for row in rows]


def test_label_undo_quit_resume(place, terminal):
    """Three messages, the third undone and labelled otherwise, quit; the next run begins with the fourth."""
    messages, output = place
    one = terminal(messages, "-o", output, "-a", "小林")
    one.wait_for(MESSAGES[0], "1 胆汁质", "q 愤怒", "? 标注手册")
    assert "模型" not in one.text
    one.type("4qd")
    one.wait_for("[4 抑郁质]", "[q 愤怒]", "[d 焦急]")
    one.type(ENTER)
    one.wait_for(MESSAGES[1], "你 抑郁质·愤怒  模型")
    one.type("5t" + ENTER)
    one.wait_for(MESSAGES[2])
    one.type("1q" + ENTER)
    one.wait_for(MESSAGES[3])
    assert len(labels(output)) == 3
    one.type("u")
    one.wait_for(MESSAGES[2], "[1 胆汁质]")
    assert len(labels(output)) == 2
    one.type("2t" + ENTER)
    one.wait_for(MESSAGES[3])
    one.type("x")
    assert one.leave() == 0
    one.wait_for("3 条，共 3 条", "还剩 1 条")
    expected = [("melancholic", "angry"), ("unclear", "calm"), ("sanguine", "calm")]
    assert labels(output) == [(text, *pair) for text, pair in zip(MESSAGES[:3], expected, strict=True)]
    assert termios.tcgetattr(one.slave) == one.before
    again = terminal(messages, "-o", output, "-a", "小林")
    again.wait_for(MESSAGES[3], "4 / 4", "已标 3")
    again.type("1r" + ENTER)
    again.wait_for("标完了")
    again.type("x")
    assert again.leave() == 0
    assert len(labels(output)) == 4


def test_typing_ahead_loses_no_key(place, terminal):
    """All keys of three messages in one go, before the first screen is even answered."""
    messages, output = place
    one = terminal(messages, "-o", output, "--suggest", "never")
    one.wait_for(MESSAGES[0])
    one.type("4q\r5t\r2t\r")
    one.wait_for(MESSAGES[3])
    one.type("x")
    assert one.leave() == 0
    assert [pair[1:] for pair in labels(output)] == [
        ("melancholic", "angry"),
        ("unclear", "calm"),
        ("sanguine", "calm"),
    ]


def test_a_kill_loses_nothing_that_was_saved(place, terminal):
    """After SIGKILL every saved label is there, and the next run goes on behind it."""
    messages, output = place
    one = terminal(messages, "-o", output, "-a", "A")
    one.wait_for(MESSAGES[0])
    one.type("4q\r5t\r1")
    one.wait_for(MESSAGES[2], "[1 胆汁质]")
    os.kill(one.process.pid, signal.SIGKILL)
    assert one.leave() == -signal.SIGKILL
    assert len(labels(output)) == 2
    again = terminal(messages, "-o", output, "-a", "A")
    again.wait_for(MESSAGES[2], "3 / 4")


def test_a_second_annotator_is_blind(place, terminal):
    """Nothing of the first one's labels or notes is ever sent to the second one's terminal."""
    messages, output = place
    first = terminal(messages, "-o", output, "-a", "甲方", "--suggest", "never")
    first.wait_for(MESSAGES[0])
    first.type("4q")
    first.type("n秘密备注\r")
    first.wait_for("秘密备注")
    first.type("\rx")
    assert first.leave() == 0
    second = terminal(messages, "-o", output, "-a", "乙方", "--suggest", "never", "--overlap")
    second.wait_for(MESSAGES[0], "1 / 1", "已标 0")
    second.type("5t\r")
    second.wait_for("标完了")
    second.type("x")
    assert second.leave() == 0
    assert "秘密".encode() not in second.raw
    assert "甲方".encode() not in second.raw
    assert [row["annotator"] for row in map(json.loads, output.read_text("utf-8").splitlines())] == ["甲方", "乙方"]


def test_the_codebook_and_arrows(place, terminal):
    """``?`` opens it, Page Down turns it, any other key goes back; Ctrl-C leaves with the terminal as it was."""
    messages, output = place
    one = terminal(messages, "-o", output, "--suggest", "before", lang="en")
    one.wait_for(MESSAGES[0], "the model reads", "q angry")
    one.type("?")
    one.wait_for("Does the text command?", "page 1 /")
    one.type(DOWN)
    one.wait_for("page 2 /")
    one.type("z")
    one.wait_for(MESSAGES[0])
    one.type(CTRL_C)
    assert one.leave() == 0
    assert termios.tcgetattr(one.slave) == one.before
    assert one.raw.count(b"\x1b[?1049h") == one.raw.count(b"\x1b[?1049l") == 1
    assert not output.exists()


def test_wide_characters_fill_no_more_than_the_screen(tmp_path, terminal):
    """A message longer than the screen is shown page by page; the keys stay where they are."""
    (tmp_path / "m.txt").write_text(
        "，".join(f"第{n}次打电话都没有人接听" for n in range(120)) + "\n", encoding="utf-8"
    )
    one = terminal(tmp_path / "m.txt", "-o", tmp_path / "l.jsonl", "--suggest", "never")
    one.wait_for("第0次打电话", "第 1 / ", "Enter 保存")
    assert "第119次" not in one.text
    for _ in range(8):
        one.type(DOWN)
    one.wait_for("第119次打", "Enter 保存")
    assert one.screen.display[0].startswith("temperament label  1 / 1")


def test_keys_of_a_terminal():
    """Sequences become names, characters stay, unknown sequences are dropped."""
    assert keys_of("1q\r你\x7f\x1b") == ["1", "q", "enter", "你", "backspace", "esc"]
    assert keys_of("\x1b[5~\x1b[6~\x1b[A\x1bOB\x1b[15~x") == ["pgup", "pgdn", "pgup", "pgdn", "x"]
    assert keys_of("\x1b[") == []
    assert keys_of("\x03\x04\x01") == ["ctrl-c", "eof"]


def run(*arguments, lang="zh"):
    """Run the command without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "temperament", "label", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env=os.environ | {"TEMPERAMENT_LANG": lang, "PYTHONPATH": str(ROOT)},
        timeout=PATIENCE,
    )


@pytest.mark.parametrize(("lang", "said"), [("zh", "不是终端"), ("en", "this is none")])
def test_without_a_terminal(place, lang, said):
    """It is said what to do instead."""
    done = run(place[0], "-o", place[1], "--suggest", "never", lang=lang)
    assert done.returncode == 2
    assert said in done.stderr
    assert "--dry-run" in done.stderr


def test_selection_without_labelling(place):
    """``--select`` with ``--dry-run`` prints what would be labelled, and nothing that is labelled already."""
    messages, output = place
    done = run(messages, "-o", output, "--select", "2", "--dry-run")
    assert done.returncode == 0
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == 2
    assert {one["text"] for one in found} < set(MESSAGES)
    rows = [one | {"temperament": "unclear", "state": "calm", "annotator": "A"} for one in found]
    output.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = run(messages, "-o", output, "--select", "2", "--dry-run", "-a", "A")
    left = {json.loads(line)["text"] for line in done.stdout.splitlines()}
    assert left == set(MESSAGES) - {one["text"] for one in found}


def test_export(place):
    """A table is written, and the number of rows told; before there are labels that is said."""
    messages, output = place
    target = output.with_suffix(".csv")
    done = run(messages, "-o", output, "--export", target, lang="en")
    assert (done.returncode, "no labels yet" in done.stderr) == (3, True)
    row = {"id": "a", "text": "甲", "temperament": "unclear", "state": "calm", "annotator": "A"}
    other = row | {"annotator": "B", "state": "angry"}
    output.write_text("".join(json.dumps(one) + "\n" for one in (row, other)), encoding="utf-8")
    done = run(messages, "-o", output, "--export", target, "--shape", "votes", lang="en")
    assert (done.returncode, "1 rows written" in done.stderr) == (0, True)
    assert "calm,angry" in target.read_text(encoding="utf-8-sig").replace('"', "")
    done = run(messages, "-o", output, "--export", target)
    assert "1 条没有多数意见" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("{m}", "-o", "{m}"), 2, ".jsonl"),
        (("{m}", "-o", "x.csv"), 2, ".jsonl"),
        (("{m}.no", "-o", "{l}"), 3, "找不到文件"),
        (("{m}", "-o", "{l}", "--suggest", "maybe"), 2, "maybe"),
        (("{m}", "-o", "{l}", "--overlap"), 3, "没有可以重叠"),
        (("{m}", "-o", "{l}", "--model", "nonsense"), 2, "不是终端"),
        (("{m}", "-o", "{l}", "--select", "0"), 2, "--select"),
    ],
)
def test_slips_are_explained(place, arguments, code, said):
    """Exit code and words say what was wrong; no traceback."""
    done = run(*(one.replace("{m}", str(place[0])).replace("{l}", str(place[1])) for one in arguments))
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
