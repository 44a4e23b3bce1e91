"""Masking: what must and must not be hidden, offsets, check digits, overlays, odd texts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from temperament import playbook
from temperament.masking import Masker, id_card, luhn

BOOK = playbook.shipped()
MASKER = Masker(BOOK)


def shown_by(masks, text):
    """Return which of the masks hide something in a text."""
    return {one.mask for one in MASKER.mask(text).hidden} & set(masks)


@pytest.mark.parametrize(("name", "text"), [(one.id, text) for one in BOOK.masks.values() for text in one.fires])
def test_what_must_be_hidden(name, text):
    """Every mask hides something in its own examples."""
    assert shown_by({name}, text)


@pytest.mark.parametrize(("name", "text"), [(one.id, text) for one in BOOK.masks.values() for text in one.silent])
def test_what_must_not_be_hidden(name, text):
    """No mask hides anything in the texts it must leave alone."""
    assert not shown_by({name}, text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打我电话13800138000或者010-62345678", "打我电话[电话]或者[电话]"),
        ("身份证11010519491231002X", "身份证[身份证]"),
        ("邮件发a.b@example.com。", "邮件发[邮箱]。"),
        ("订单20261122001234还没到", "订单[编号]还没到"),
        ("我叫李娜，住文化路18号3单元402", "我叫[姓名]，[地址]"),
        ("粤B12345被刮了", "[车牌]被刮了"),
        ("银行卡4539148803436467扣款", "银行卡[银行卡]扣款"),
        ("收货地址：蝴蝶村东头第三家13800138000张伟", "收货地址：[地址][电话][地址]"),
        ("地址：中山北路88号，3单元", "地址：[地址]，3单元"),
        ("地址是旧楼13800138000 ", "地址是[地址][电话] "),
        ("护照E12345678丢了，卡号6222 0212 3456 7894 444", "护照[证件]丢了，卡号[银行卡]"),
        ("打138.0013.8000或138—0013—8000", "打[电话]或[电话]"),
        ("我叫欧阳娜娜，我姓司马", "我叫[姓名]，我[姓名]"),
        ("第九天了！打了8次电话，花了1299元", "第九天了！打了8次电话，花了1299元"),
        ("", ""),
    ],
)
def test_whole_texts(text, masked):
    """Several kinds in one text; what says nothing about a person stays."""
    assert MASKER.mask(text).text == masked


def test_ordinary_messages_stay(corpus_texts):
    """Messages without personal data are hardly ever touched: the corpus was written without any."""
    touched = [text for text in corpus_texts if MASKER.mask(text).hidden]
    assert len(touched) <= 0.02 * len(corpus_texts), touched[:20]


@pytest.fixture(scope="module")
def corpus_texts():
    """The messages of the project's own test corpus."""
    import json
    from pathlib import Path

    lines = (Path(__file__).resolve().parents[1] / "data/corpus/test.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def test_offsets_follow():
    """A place in the original text is found again in the masked one."""
    text = "我叫李娜，电话13800138000，气死我了！"
    masked = MASKER.mask(text)
    start = text.index("气死")
    assert masked.text[masked.place(start) : masked.place(start + 4)] == "气死我了"
    assert masked.place(text.index("3800")) == masked.text.index("[电话]")
    assert masked.place(len(text)) == len(masked.text)


@given(st.text(max_size=80))
def test_any_text_is_masked_and_stays_masked(text):
    """Nothing but hidden pieces changes; places stay within the text."""
    masked = MASKER.mask(text)
    at = 0
    for one in masked.hidden:
        assert at <= one.start < one.end
        at = one.end
    assert masked.place(len(text)) == len(masked.text)
    assert (masked.text == text) is (not masked.hidden)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "，", "号", "!", "打", "："]))
def test_no_mobile_number_is_left(number, mark):
    """Whatever stands around a number, its digits are gone."""
    assert number not in MASKER.mask(f"{mark}{number}{mark}").text


@given(st.integers(100000, 999999), st.dates(), st.integers(0, 999))
def test_check_digits_of_identity_cards(area, born, serial):
    """Of the eleven possible last signs exactly one is right."""
    front = f"{area}{born:%Y%m%d}".zfill(14)[:14] + f"{serial:03d}"
    assert sum(id_card(front + last) for last in "0123456789X") == 1
    assert not id_card(front)


@given(st.integers(10**14, 10**15 - 1))
def test_check_digits_of_bank_cards(front):
    """Of the ten possible last digits exactly one is right."""
    assert sum(luhn(f"{front}{last}") for last in range(10)) == 1


@pytest.mark.parametrize(
    "piece", ["1", "a", "中", "路1号", "12345678 ", "小区1栋", "a@a.", "我叫王", "-", "订单A1", "1号楼2单元"]
)
def test_long_texts_take_no_time(piece):
    """No expression runs away on a long text of one kind."""
    began = time.perf_counter()
    MASKER.mask((piece * 20_000)[:20_000])
    assert time.perf_counter() - began < 5


def test_own_masks(tmp_path):
    """A firm's own numbers are hidden by its own playbook, and a shipped mask can be taken out."""
    (tmp_path / "masks.yaml").write_text(
        "- id: mask.own\n  name: {zh: 工号, en: staff number}\n  patterns: ['GH-\\d{3}']\n  token: '[工号]'\n"
        "  fires: [GH-123]\n  silent: [GH]\n  source: ours\n- id: mask.plate\n  disabled: true\n",
        encoding="utf-8",
    )
    masker = Masker(playbook.overlay(tmp_path))
    assert masker.mask("找GH-123，车粤B12345").text == "找[工号]，车粤B12345"
