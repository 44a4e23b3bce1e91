"""Folding keeps offsets true; segmentation is the same with and without the Rust twin."""

import importlib.util
import itertools
import math
import os
import stat
import subprocess
import sys
import unicodedata
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from temperament import dictionary, text
from temperament.text import fold, words

SENTENCES = [
    "你们说好三天到，现在第九天了！打电话没人接，到底管不管？！",
    "我在南京市长江大桥旁边的营业厅办了200m宽带，第二天就断网",
    "不是不想要，是没法用；别再说没问题了",
    "iphone14pro max屏幕碎了，报修3次都说等通知",
    "乒乓球拍卖完了吗",
    "",
    "……！！@ ~",
]
ODD = "\u200b\ufeff\ufffd\ud800\udc00\x00\x07\x1b\u202e\ufe0f\u200d \u3000\t\n\r\u2028@()（）wùā哈！!…服務著㎏½①ﬁﷺİ𠮷👨👩0"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes and XDG folders are POSIX's")
anything = st.text(st.characters()) | st.text(st.sampled_from(ODD))


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        ("", ""),
        ("ＡＢＣ１２３，！？", "abc123,!?"),
        ("iPhone", "iphone"),
        ("服務態度", "服务态度"),
        ("顯著", "显著"),
        ("著名", "著名"),
        ("他是著名作家", "他是著名作家"),
        ("我看著你們", "我看着你们"),
        ("別著急，請稍後", "别着急,请稍后"),
        ("服務(wù)態(tài)度", "服务态度"),
        ("服務（wù）", "服务"),
        ("尺码(xl)", "尺码(xl)"),
        ("哈哈哈哈哈哈哈哈哈哈", "哈哈哈"),
        ("太慢了！！！！！！", "太慢了!!!"),
        ("哈哈哈", "哈哈哈"),
        ("1000000元", "1000000元"),
        ("你\u200b好\ufeff啊\u200d", "你好啊"),
        ("你\x00好\x1b[31m", "你好[31m"),
        ("你\ud83d好\udc4d", "你好"),
        ("你\ufffd\ufffd好", "你好"),
        ("@中国电信客服 没信号", "@ 没信号"),
        ("@甲@乙：没信号", "@@:没信号"),
        ("👨‍👩‍👧家", "👨👩👧家"),
        ("❤️", "❤"),
        ("5㎏的½", "5kg的1⁄2"),
        ("  你好　 \n", "你好"),
        ("你   好\t\t吗", "你 好 吗"),
        ("一\r\n二", "一\n二"),
        ("一 \n\n\u3000二", "一\n二"),
        ("一\u2028二\x85三\x0b四", "一\n二\n三\n四"),
        ("好的……", "好的……"),
    ],
)
def test_fold_gives(original, folded):
    """Width, case, script, glosses, repeats, broken characters, mentions and blanks are unified."""
    assert fold(original).text == folded


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        ("看著你", "看着你"),
        ("著急，接著說", "着急,接着说"),
        ("這是土著的原著", "这是土著的原著"),
        ("著名歌手的著作權", "著名歌手的著作权"),
        pytest.param("這意味著什麼", "这意味着什么"),
        pytest.param("穿著打扮", "穿着打扮"),
    ],
)
def test_fold_tells_the_two_readings_of_a_character(original, folded):
    """著 is 着 in 看著 and stays in 著名."""
    assert fold(original).text == folded


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        ("哈\u200b" * 9, "哈哈哈"),
        ("\ufeff 你好 \u200b", "你好"),
        ("一\r二", "一\n二"),
        ("務(wu\u0300)", "务"),
        ("务(wù)(wù)", "务"),
    ],
)
def test_fold_sees_through(original, folded):
    """Dropped characters hide neither a run nor the ends, decomposed tone marks no gloss, one gloss not the next."""
    assert fold(original).text == folded


@pytest.mark.parametrize(
    ("original", "piece", "span"),
    [
        ("你们的服務(wù)態(tài)度", "服务", (3, 5)),
        ("你们的服務(wù)態(tài)度", "态度", (9, 16)),
        ("哈哈哈哈哈哈！", "哈哈哈", (0, 6)),
        ("哈哈哈哈哈哈！", "!", (6, 7)),
        ("重5㎏吧", "kg", (2, 3)),
        ("重5㎏吧", "吧", (3, 4)),
        ("@客服\u200b 你\ud800好", "你好", (5, 8)),
        ("平平常常", "常常", (2, 4)),
    ],
)
def test_spans_lead_back_to_the_original(original, piece, span):
    """A span of folded text is found where it came from."""
    folded = fold(original)
    start = folded.text.index(piece)
    assert folded.span(start, start + len(piece)) == span


@given(anything)
def test_spans_always_lie_in_the_original(original):
    """For any text the bounds run in order, inside the original, one pair a folded character."""
    folded = fold(original)
    spans = [folded.span(index, index + 1) for index in range(len(folded.text))]
    assert folded.original == original
    assert all(0 <= start < end <= len(original) for start, end in spans)
    assert spans == sorted(spans)
    assert [end for _, end in spans] == sorted(end for _, end in spans)
    if folded.starts is not None:
        assert len(folded.starts) == len(folded.ends) == len(folded.text)


@given(anything)
def test_folded_text_holds_no_control_characters(original):
    """Of control, format, private and unassigned characters only the line break is left."""
    left = {unicodedata.category(character) for character in fold(original).text if character != "\n"}
    assert not left & {"Cc", "Cf", "Cs", "Co", "Cn"}


@given(
    st.text(st.characters(exclude_characters="@薴()（）﴾﴿⁽⁾₍₎"))
    | st.text(st.sampled_from("哈！!…服務著着看 \u3000\t\n\r\u2028\u200b\ufeff\ud800\x00㎏½①ﬁİ𠮷👨0aA，,"))
)
def test_folding_twice_changes_nothing(original):
    """Folding is idempotent, but for what is left out here.

    A mention is cut after 30 characters, so a longer one loses its next 30; brackets around a gloss may appear only
    by folding; and OpenCC takes 薴 to 苧, 苧 to 苎.
    """
    once = fold(original).text
    assert fold(once).text == once


def test_folding_real_messages_twice_changes_nothing(real_messages):
    """On real messages without mentions folding is idempotent."""
    once = [fold(message).text for message in real_messages if "@" not in message]
    assert [fold(message).text for message in once] == once


@pytest.mark.parametrize("sentence", SENTENCES)
def test_word_positions(sentence):
    """Words stand at their positions, and together hold every Chinese character, letter and digit."""
    folded = fold(sentence).text
    found = words(folded)
    assert all(folded[start : start + len(word)] == word for start, word in found)
    assert "".join(word for _, word in found) == "".join(filter(str.isalnum, folded))


def test_words_keep_negation():
    """不, 没 and 别 are never thrown away."""
    assert [word for _, word in words("别再拖了,不想等,没法用")] == ["别", "再", "拖", "了", "不想", "等", "没法用"]


@pytest.fixture(scope="module")
def cutters():
    """Both segmenters: the Rust twin and jieba."""
    pytest.importorskip("rjieba")
    return text._rust_segmenter(), text._python_segmenter()


@pytest.mark.parametrize("sentence", SENTENCES)
def test_both_segmenters_agree(cutters, sentence, monkeypatch):
    """The twin and jieba give the same words."""
    rust, python = cutters
    folded = fold(sentence).text
    monkeypatch.setattr(text, "_segmenter", lambda: rust)
    by_rust = words(folded)
    monkeypatch.setattr(text, "_segmenter", lambda: python)
    assert words(folded) == by_rust


def test_both_segmenters_agree_on_real_messages(cutters, real_messages, monkeypatch):
    """On 3,000 real messages the twin and jieba give the same words."""
    rust, python = cutters
    folded = [fold(message).text for message in real_messages[:3000]]
    monkeypatch.setattr(text, "_segmenter", lambda: rust)
    by_rust = [words(one) for one in folded]
    monkeypatch.setattr(text, "_segmenter", lambda: python)
    differing = [one for one, expected in zip(folded, by_rust, strict=True) if words(one) != expected]
    assert differing == []
    assert sum(map(len, by_rust)) > 30_000


def looked_up(folded):
    """Return the words of a text as the dictionary's file gives them."""
    known = dictionary.look_up(folded, dictionary.entries())
    return [word for run in text._WORD_RUN.findall(folded) for word in dictionary.cut(run, known)]


def test_looked_up_words_are_the_segmenters(cutters, real_messages, monkeypatch):
    """Looked up in jieba's file, the words of sentences and 200 real messages are those that its twin finds."""
    monkeypatch.setattr(text, "_FEW", 0)
    monkeypatch.setattr(text, "_segmenter", lambda: cutters[0])
    folded = [fold(one).text for one in [*SENTENCES, *real_messages[:200], "a b1 c3 12345 abc好a1的b", "㐀㐁囍囍"]]
    assert [one for one in folded if looked_up(one) != [word for _, word in words(one)]] == []


def test_the_dictionary_is_the_one_whose_total_we_know():
    """The frequencies of all words add up to the number that the probabilities are relative to."""
    total = sum(int(line.split(" ")[1]) for line in dictionary.entries().split("\n") if line)
    assert math.log(total) == dictionary._TOTAL


def test_another_dictionary_is_left_to_the_segmenter(tmp_path, monkeypatch):
    """Where jieba or its file is missing, or another one, nothing is looked up."""
    spec = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    for found in (None, SimpleNamespace(origin=None), spec, spec):
        dictionary.entries.cache_clear()
        monkeypatch.setattr(importlib.util, "find_spec", lambda name, found=found: found)
        assert dictionary.entries() is None
        (tmp_path / "dict.txt").write_text("你好 3 n\n", encoding="utf-8")
    dictionary.entries.cache_clear()


@pytest.mark.parametrize(
    ("cut_before", "length", "loads"), [(0, 10, False), (2, 10, False), (3, 10, True), (0, 501, True)]
)
def test_the_segmenter_is_loaded_when_it_pays(monkeypatch, cut_before, length, loads):
    """Three short texts do without it; a long one does not."""
    asked = []
    monkeypatch.setattr(text, "_texts_cut", itertools.count(cut_before))
    monkeypatch.setattr(text, "_segmenter", lambda: asked.append(1) or list)
    words("好" * length)
    assert bool(asked) is loads


@pytest.fixture
def fresh_segmenter():
    """Forget the chosen segmenter before and after."""
    text._segmenter.cache_clear()
    yield
    text._segmenter.cache_clear()


@pytest.mark.usefixtures("fresh_segmenter")
@pytest.mark.parametrize(("present", "chosen"), [(True, "_rust_segmenter"), (False, "_python_segmenter")])
def test_segmenter_is_chosen_by_what_is_installed(monkeypatch, present, chosen):
    """Where rjieba is missing, jieba steps in."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if present else None)
    monkeypatch.setattr(text, chosen, lambda: list)
    assert text._segmenter() is list


@pytest.mark.usefixtures("fresh_segmenter")
def test_words_without_the_twin(monkeypatch):
    """With jieba alone words come out the same."""
    with_twin = words(SENTENCES[0])
    text._segmenter.cache_clear()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert words(SENTENCES[0]) == with_twin


@POSIX
def test_jieba_is_silent_and_keeps_its_cache_private(tmp_path):
    """Loading and using jieba prints and logs nothing; its cache lies in the user's folder, not in the shared one."""
    caches, shared_folder = tmp_path / "caches", tmp_path / "shared"
    shared_folder.mkdir()
    program = (
        "import logging; logging.basicConfig(level=logging.DEBUG)\n"
        "from temperament import text\n"
        "print(text._python_segmenter()('南京市长江大桥'))"
    )
    environment = os.environ | {"XDG_CACHE_HOME": str(caches), "TMPDIR": str(shared_folder), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.splitlines() == ["['南京市', '长江大桥']"]
    assert done.stderr == ""
    folder = caches / "temperament"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["jieba.cache"]
    assert list(shared_folder.iterdir()) == []


@POSIX
def test_cache_folder_falls_back_to_a_private_one(tmp_path, monkeypatch):
    """Where the user's cache folder cannot be made, a new private folder is used."""
    blocked = tmp_path / "a file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = text._private_cache()
    assert folder.parent == tmp_path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@POSIX
def test_cache_folder_that_others_can_write_to_is_not_used(tmp_path, monkeypatch):
    """The cache is unmarshalled, so nobody else may be able to put one there."""
    (tmp_path / "temperament").mkdir()
    (tmp_path / "temperament").chmod(0o777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert not stat.S_IMODE(text._private_cache().stat().st_mode) & 0o022
