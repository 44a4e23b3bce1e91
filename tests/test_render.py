"""Output that stays straight, safe and parseable, whatever the customer wrote."""

import io
import json
import re
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from temperament import playbook
from temperament.advice import recommend
from temperament.labels import HEADS, LABELS, STATES, TEMPERAMENTS, Evidence, Reading
from temperament.language import LANGUAGES
from temperament.render.cards import NOTES_SHOWN, advice_card, reading_card
from temperament.render.jsonl import json_line, reading_json
from temperament.render.tables import entry_title, entry_yaml, playbook_table
from temperament.render.words import source_name, word

MESSAGES = [
    "说好三天到，第九天了！到底管不管？！",
    "",
    "好",
    "一边\t一边\t等着",
    "第一行\n第二行\r\n第三行\u2028第四行\x0b第五行",
    "👨‍👩‍👧家里人都说不行👍🏽❤️🇨🇳",
    "e\u0301 très bien，好的好的",
    "\u200b\u200d零宽\u202e反转",
    "𠮷野家ｱｲｳ",
    "\ud800你好\udfff",
    "[red]你好[/red] [/] [bold] :smile:",
    "慢" * 700,
]
HOSTILE = "\x1b[31m红色\x1b[0m\x9b2J清屏\x07\x1b]0;标题\x07\x1b]8;;http://a\x1b\\链接\x08\x7f\x00退款！！"
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def shown(renderable, width=80):
    """Return what a plain terminal of this width shows."""
    buffer = io.StringIO()
    Console(file=buffer, width=width, color_system=None, force_terminal=False, highlight=False).print(renderable)
    return buffer.getvalue()


def widths(text):
    """Return the cell widths that occur among the lines."""
    return {cell_len(line) for line in text.split("\n")[:-1]}


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("width", [40, 80, 121])
def test_reading_cards_are_straight(toy, message, width):
    """Every line of a card is as wide as the terminal, in cells, in both languages."""
    reading = toy.classify(message)
    for language in LANGUAGES:
        assert widths(shown(reading_card(reading, recommend(reading, language=language), 7), width)) == {width}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("temperament", TEMPERAMENTS)
def test_advice_cards_are_straight(temperament, state):
    """The same for the strategy cards of all cells."""
    for language in LANGUAGES:
        advice = recommend(Reading.of(temperament, state), language=language)
        for width in (40, 80, 121):
            assert widths(shown(advice_card(advice), width)) == {width}


@given(st.text(st.characters(), max_size=80))
def test_any_message_gives_a_clean_card(text):
    """No control character and no lone surrogate reaches the terminal, and no card fails."""
    reading = Reading.of(text=text)
    card = shown(reading_card(reading, recommend(reading, language="zh"), 1))
    assert not CONTROLS.search(card)


def test_no_escape_of_a_message_reaches_the_terminal(toy):
    """Colours, titles, links and clearing the screen stay out, also out of the evidence; the words stay in."""
    reading = toy.classify(HOSTILE)
    assert reading.evidence
    card = shown(reading_card(reading, recommend(reading, language="zh"), 1))
    assert not CONTROLS.search(card)
    assert all(words in card for words in ("红色", "清屏", "标题", "链接", "退款"))


def test_escapes_inside_evidence_are_replaced():
    """A piece of evidence is printed as safely as the message."""
    reading = replace(
        Reading.of("unclear", "angry", "坏\x1b[31m透"), evidence=(Evidence(0, 7, "坏\x1b[31m透", "angry", 0.5),)
    )
    assert "“坏\ufffd[31m透” → 愤怒 −0.50" in shown(reading_card(reading, recommend(reading, language="zh"), 1))


def test_markup_in_messages_is_text():
    """What looks like rich's markup or emoji codes is printed as it is."""
    reading = Reading.of(text="[red]你好[/red] [/] :smile:")
    assert "[red]你好[/red] [/] :smile:" in shown(reading_card(reading, recommend(reading, language="zh"), 1))


def test_markup_in_a_playbook_is_text():
    """A firm's own playbook may use square brackets."""
    reading = Reading.of("unclear", "angry")
    advice = recommend(reading, language="zh")
    guidance = replace(advice.principle, text="先看[a类]规定，再答。")
    card = shown(reading_card(reading, replace(advice, principle=guidance), 1))
    assert "先看[a类]规定" in card


def test_a_reading_card_says_the_main_things(toy):
    """Message, both labels with their chances, evidence, first step, a sentence, a phrase to avoid."""
    reading = toy.classify("立刻给我退款！今天必须到账，少废话！")
    advice = recommend(reading, language="zh")
    card = re.sub(r"[\s│]+", "", shown(reading_card(reading, advice, 3), 100))
    for piece in (
        "立刻给我退款！今天必须到账，少废话！",
        f"{reading.temperament_probabilities['choleric']:.0%}",
        f"{reading.state_probabilities['angry']:.0%}",
        f"“{reading.evidence[0].text}”",
        advice.steps[0].text,
        *(one.text for one in advice.now),
        advice.avoid[0].phrase,
        advice.escalate.reason,
    ):
        assert re.sub(r"\s+", "", piece) in card


@pytest.mark.parametrize(
    ("reason", "words"), [("empty", "没有内容"), ("not_chinese", "主要不是中文"), ("too_short", "太短")]
)
def test_a_card_says_why_a_message_was_not_read(reason, words):
    """The reason stands in the card in words."""
    reading = replace(Reading.of(text="x"), reason=reason)
    assert words in shown(reading_card(reading, recommend(reading, language="zh"), 1))


def test_a_long_message_is_cut_in_the_card_only():
    """600 characters are shown, then a mark."""
    reading = Reading.of(text="慢" * 601)
    card = shown(reading_card(reading, recommend(reading, language="zh"), 1))
    assert card.count("慢") == 600
    assert "……" in card
    assert reading_json(reading)["text"] == "慢" * 601


def test_an_urgent_card_says_so():
    """A signal in the words turns 'when' into 'now'."""
    reading = Reading.of(text="我已经报警了")
    assert "现在就升级" in shown(reading_card(reading, recommend(reading, language="zh"), 1))
    assert "何时升级" in shown(reading_card(Reading.of(), recommend(Reading.of(), language="zh"), 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_advice_card_holds_all_of_the_advice(language):
    """Every step, sentence, phrase and source stands in the card."""
    advice = recommend(Reading.of("melancholic", "angry"), language=language)
    card = re.sub(r"[\s│]+", "", shown(advice_card(advice), 160))
    pieces = [advice.principle, *advice.steps, *advice.tuning, *advice.say]
    assert [one.text for one in pieces if re.sub(r"\s+", "", one.text) not in card] == []
    assert [one.phrase for one in advice.avoid if re.sub(r"\s+", "", one.phrase) not in card] == []
    shown_notes, hidden = advice.notes[:NOTES_SHOWN], advice.notes[NOTES_SHOWN:]
    assert [one.text for one in shown_notes if re.sub(r"\s+", "", one.text) not in card] == []
    assert [one.text for one in hidden if re.sub(r"\s+", "", one.text) in card] == []
    sources = [one for one in advice.sources if one not in {note.source for note in hidden}]
    assert [one for one in sources if re.sub(r"\s+", "", source_name(one, language)) not in card] == []


@pytest.mark.parametrize("text", [*MESSAGES, HOSTILE, '"引号"\\反斜\n行', "\u2028"])
def test_json_is_one_line_and_comes_back(toy, text):
    """One object a line in valid UTF-8; parsed, it is the reading."""
    reading = toy.classify(text)
    line = json_line(reading_json(reading, recommend(reading)))
    assert "\n" not in line
    line.encode("utf-8")
    value = json.loads(line)
    assert value["text"] == text
    assert (value["temperament"], value["state"], value["reason"]) == (
        reading.temperament,
        reading.state,
        reading.reason,
    )
    for head in HEADS:
        chances = value[f"{head}_probabilities"]
        assert list(chances) == list(LABELS[head])
        assert chances == pytest.approx(getattr(reading, f"{head}_probabilities"), abs=1e-7)
        assert sum(chances.values()) == pytest.approx(1, abs=1e-6)
    assert [one["text"] for one in value["evidence"]] == [piece.text for piece in reading.evidence]


def test_lone_surrogates_are_escaped():
    """What UTF-8 cannot hold is written as an escape; everything else is written as it is."""
    assert json_line({"text": "好\ud800𠮷"}) == '{"text": "好\\ud800𠮷"}'


@given(st.text(st.characters()))
def test_any_text_survives_json(text):
    """Any text is written in UTF-8 and read back, but for two lone surrogates that make a pair."""
    value = json.loads(json_line({"text": text}).encode("utf-8"))["text"]
    assert value.encode("utf-16", "surrogatepass") == text.encode("utf-16", "surrogatepass")


def test_json_has_the_keys_of_the_contract():
    """Names and order as DESIGN.md promises."""
    reading = Reading.of("choleric", "angry", "退款")
    keys = [
        "text",
        "temperament",
        "state",
        "also",
        "temperament_probabilities",
        "state_probabilities",
        "present_probabilities",
        "confidence",
        "reason",
        "evidence",
        "model",
    ]
    assert list(reading_json(reading)) == keys
    assert list(reading_json(reading, recommend(reading))) == [*keys, "advice"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_playbook_table_lists_every_entry(language):
    """Every id stands in the table."""
    book = playbook.shipped()
    text = shown(playbook_table(book.shelves(), language), 200)
    assert [entry.id for entry in book.entries() if entry.id not in text] == []
    assert all(entry_title(entry, language) for entry in book.entries())


@pytest.mark.parametrize("width", [80, 100])
def test_ids_of_the_playbook_can_be_copied(width):
    """An id stands on one line also on a narrow terminal: it is what ``playbook show`` asks for."""
    book = playbook.shipped()
    text = shown(playbook_table(book.shelves(), "zh"), width)
    assert [entry.id for entry in book.entries() if entry.id not in text] == []


@pytest.mark.parametrize("entry", list(playbook.shipped().entries()), ids=lambda entry: entry.id)
def test_an_entry_as_yaml_is_the_entry(entry, tmp_path):
    """What ``playbook show`` prints can be pasted back into a playbook file."""
    path = tmp_path / "entry.yaml"
    path.write_text(entry_yaml(entry), encoding="utf-8")
    assert playbook.loading.read(path, type(entry)) == {entry.id: entry}
    assert yaml.safe_load(entry_yaml(entry))[0]["id"] == entry.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_sources_are_named(language):
    """Manual and line stay as they are; our own are called ours."""
    assert source_name("000 L547", language) == "000 L547"
    assert source_name("ours", language) == word("ours", language)
