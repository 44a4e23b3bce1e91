"""Labelling without a terminal: what the keys do, what stands in the file, what is chosen and exported."""

import json
import random

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from temperament.datasets import read_examples, read_rows
from temperament.errors import InputError, UsageError
from temperament.labelling import Label, Message, Session, Store, read_messages
from temperament.labelling import session as keys
from temperament.labelling.codebook import PLACE, codebook
from temperament.labelling.exporting import export, rows_of
from temperament.labelling.messages import text_id
from temperament.labelling.selection import BALANCE, select, uncertainty
from temperament.labels import FEELINGS, HEADS, LABELS, STATES, TEMPERAMENTS, Reading
from temperament.render.labelling import screen

MESSAGES = [
    Message("a", "第九天了，还没到"),
    Message("b", "几点关门"),
    Message("c", "快点！"),
    Message("d", "算了，没事"),
]


def sitting(path, *, annotator="甲", messages=MESSAGES, suggest="never", read=None):
    """Begin a sitting with a clock that stands still."""
    return Session(messages, Store(path), annotator, suggest, read, now=lambda: "2026-11-22T12:00:00+00:00")


def press(session, *pressed):
    """Press keys one after the other; a string of several letters is several keys unless it names one."""
    named = {keys.SAVE, keys.CANCEL, keys.BACKSPACE, keys.NEXT_PAGE, keys.PREVIOUS_PAGE, "ctrl-c", "eof"}
    for one in pressed:
        for key in [one] if one in named else one:
            session.press(key)
    return session


def lines(path):
    """Return what stands in the file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def file(tmp_path):
    """Where the labels go."""
    return tmp_path / "l.jsonl"


def test_every_label_has_one_key():
    """Five temperaments, five states, four further states, and no key does two things."""
    tables = (keys.TEMPERAMENT_KEYS, keys.STATE_KEYS, keys.ALSO_KEYS)
    assert [tuple(one.values()) for one in tables] == [TEMPERAMENTS, STATES, FEELINGS]
    others = (keys.UNDO, keys.SKIP, keys.BACK, keys.NOTE, keys.BOOK, keys.QUIT)
    every = [*others, *(key for one in tables for key in one)]
    assert len(set(every)) == len(every)


def test_three_keys_label_a_message(file):
    """Temperament, state, Enter: the label is in the file and the next message is on the screen."""
    session = press(sitting(file), "4q", "enter")
    assert session.current == MESSAGES[1]
    assert lines(file) == [
        {
            "id": "a",
            "text": "第九天了，还没到",
            "temperament": "melancholic",
            "state": "angry",
            "also": [],
            "note": "",
            "annotator": "甲",
            "time": "2026-11-22T12:00:00+00:00",
            "seen": False,
        }
    ]


def test_keys_have_no_order_and_can_be_changed(file):
    """State first, then another one, then the temperament."""
    press(sitting(file), "tq2", "enter")
    assert [(one["temperament"], one["state"]) for one in lines(file)] == [("sanguine", "angry")]


def test_keys_of_a_chinese_input_method(file):
    """Full-width and capital keys count as the plain ones."""
    press(sitting(file), "４Ｑ", "enter")
    assert (lines(file)[0]["temperament"], lines(file)[0]["state"]) == ("melancholic", "angry")
    assert press(sitting(file), "？").mode == "codebook"


@pytest.mark.parametrize(("pressed", "hint"), [("q", "no_temperament"), ("1", "no_state"), ("", "no_temperament")])
def test_half_a_label_is_not_saved(file, pressed, hint):
    """Enter says which half is missing."""
    session = press(sitting(file), pressed, "enter")
    assert session.hint == hint
    assert session.current == MESSAGES[0]
    assert not file.exists()
    assert press(session, "1").hint == ""


def test_further_states(file):
    """They switch on and off, stand in the codebook's order, and never repeat the leading one."""
    session = press(sitting(file), "1q", "fda")
    assert session.draft.also == ("anxious", "difficult")
    press(session, "fe")
    assert session.draft.also == ()
    press(session, "sf", "enter")
    assert lines(file)[0]["also"] == ["confused", "difficult"]


def test_a_note(file):
    """Everything that is typed goes into the note, keys of labels too; Backspace and Esc work."""
    session = press(sitting(file), "n", "像q1投诉x", "backspace", "enter")
    assert session.draft.note == "像q1投诉"
    press(session, "n", "zzz", "esc", "5t", "enter")
    assert lines(file)[0]["note"] == "像q1投诉"
    assert session.mode == "deciding"


def test_undo_clears_the_choices_first(file):
    """What is on the screen goes first, then the label saved last."""
    session = press(sitting(file), "1q", "enter", "2")
    press(session, "u")
    assert session.draft == keys.Draft()
    assert len(lines(file)) == 1
    press(session, "u")
    assert session.current == MESSAGES[0]
    assert lines(file) == []


def test_undo_brings_the_choices_back(file):
    """After undo the old choices stand there to be changed; undoing further goes further back."""
    session = press(sitting(file), "1qd", "enter", "5t", "enter", "u")
    assert session.current == MESSAGES[1]
    assert (session.draft.temperament, session.draft.state) == ("unclear", "calm")
    press(session, "uu")
    assert session.current == MESSAGES[0]
    assert session.draft == keys.Draft("choleric", "angry", ("anxious",))
    press(session, "uu")
    assert session.hint == "nothing_to_undo"
    press(session, "1q", "enter")
    assert [one["id"] for one in lines(file)] == ["a"]


def test_back_changes_a_label_in_its_place(file):
    """Going back shows the label; saving it anew leaves one line, in the same place, and goes on where it stopped."""
    session = press(sitting(file), "1q", "enter", "5t", "enter", "bb")
    assert session.current == MESSAGES[0]
    assert session.draft.temperament == "choleric"
    press(session, "3", "enter")
    assert [(one["id"], one["temperament"]) for one in lines(file)] == [("a", "phlegmatic"), ("b", "unclear")]
    assert session.current == MESSAGES[2]
    assert press(sitting(file), "bbb").hint == "first"


def test_skipped_messages_come_again_in_the_next_run(file):
    """Skip writes nothing; the end says how many; a new sitting begins with them."""
    session = press(sitting(file), "k", "5t", "enter", "k", "5t", "enter")
    assert session.current is None
    assert session.skipped() == 2
    assert press(session, "1", "enter").hint == "last"
    assert sitting(file).current == MESSAGES[0]
    assert [one.id for one in sitting(file).messages] == ["b", "d", "a", "c"]


def test_a_new_sitting_goes_on(file):
    """Labelled messages are not asked again, and back and undo reach them."""
    press(sitting(file), "1q", "enter", "5t", "enter", "x")
    session = sitting(file)
    assert session.current == MESSAGES[2]
    assert press(session, "b").current == MESSAGES[1]
    assert press(session, "u").current == MESSAGES[1]
    assert [one["id"] for one in lines(file)] == ["a"]


def test_a_second_annotator_sees_nothing_of_the_first(file):
    """The same file, another name: all messages anew, and undo never touches the first one's lines."""
    press(sitting(file), "1q", "enter", "5t", "enter")
    second = sitting(file, annotator="乙")
    assert second.current == MESSAGES[0]
    assert second.draft == keys.Draft()
    assert press(second, "u").hint == "nothing_to_undo"
    press(second, "4r", "enter", "2t", "enter", "u", "u")
    assert [(one["id"], one["annotator"]) for one in lines(file)] == [("a", "甲"), ("b", "甲"), ("a", "乙")]


@pytest.mark.parametrize("key", ["x", "esc", "ctrl-c", "eof"])
def test_leaving(file, key):
    """Each way out ends the sitting and writes nothing half-made."""
    assert press(sitting(file), "1", key).mode == "over"
    assert not file.exists()


def test_leaving_while_typing_a_note(file):
    """Ctrl-C ends the sitting even there."""
    assert press(sitting(file), "n", "x", "ctrl-c").mode == "over"


def reading(text):
    """Read every message as choleric and angry."""
    return Reading.of("choleric", "angry", text)


def test_the_model_is_silent_until_the_decision(file):
    """With "after" nothing is to be seen before Enter; then the label tells what the model said and that it was unseen."""
    asked = []
    session = sitting(file, suggest="after", read=lambda text: asked.append(text) or reading(text))
    assert session.suggestion is None
    assert asked == []
    press(session, "1t", "enter")
    assert session.last.suggestion["state"] == "angry"
    assert session.suggestion is None
    assert lines(file)[0]["suggestion"]["temperament"] == "choleric"
    assert lines(file)[0]["seen"] is False
    assert session.agreement() == ({"temperament": 1, "state": 0}, 1)


def test_a_label_changed_after_the_models_reading_says_so(file):
    """Whoever goes back has seen it, in this sitting or in an earlier one."""
    session = press(sitting(file, suggest="after", read=reading), "1t", "enter", "b", "q", "enter")
    assert lines(file)[0]["seen"] is True
    press(session, "5t", "enter")
    press(sitting(file, suggest="after", read=reading), "b", "4", "enter")
    assert [one["seen"] for one in lines(file)] == [True, True]


def test_suggestions_from_the_start(file):
    """With "before" the reading stands there, and the label says it was seen."""
    session = sitting(file, suggest="before", read=reading)
    assert session.suggestion["state"] == "angry"
    press(session, "1t", "enter")
    assert lines(file)[0]["seen"] is True


def test_never_asks_no_model(file):
    """With "never" the model is not even asked."""

    def fail(text):
        raise AssertionError(text)

    press(sitting(file, suggest="never", read=fail), "1t", "enter")
    assert "suggestion" not in lines(file)[0]


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*"12345qwertasdfukbn?x ", "enter", "esc", "backspace", "pgdn", "pgup"]), max_size=60))
def test_whatever_is_pressed_the_file_holds_the_labels_of_the_sitting(tmp_path_factory, pressed):
    """The file always holds exactly the labels of the session, each message once, and the screen can be drawn."""
    path = tmp_path_factory.mktemp("keys") / "l.jsonl"
    session = sitting(path, suggest="after", read=reading)
    for key in pressed:
        if session.mode == "over":
            break
        session.press(key)
        assert len(screen(session, codebook(), 80, 24, "zh")) == 24
    kept = Store(path).read()
    assert sorted(kept, key=lambda one: one.id) == sorted(session.given.values(), key=lambda one: one.id)
    assert len({one.id for one in kept}) == len(kept)


LABEL = Label("a", "第九天了\n还没到", "melancholic", "angry", ("anxious",), "备注", "甲", "2026-11-22T12:00:00+00:00")


def test_a_label_comes_back_as_it_was(file):
    """Also with line breaks, lone surrogates and a suggestion."""
    other = Label("b", "坏\ud800字", "unclear", "calm", suggestion={"state": "calm"}, seen=True)
    store = Store(file)
    store.append(LABEL)
    store.append(other)
    assert store.read()[0] == LABEL
    assert store.read()[1].suggestion == {"state": "calm"}
    assert len(file.read_bytes().splitlines()) == 2


@pytest.mark.parametrize("cut", range(1, len(LABEL.line()) - 1, 7))
def test_a_line_that_a_kill_cut_short_is_not_lost_on_others(file, cut):
    """Half a line at the end is left out when read, and cut off before the next label."""
    store = Store(file)
    store.append(LABEL)
    with file.open("ab") as broken:
        broken.write(LABEL.line()[:cut])
    assert store.read() == [LABEL]
    second = Label("b", "乙", "unclear", "calm")
    store.append(second)
    assert store.read() == [LABEL, second]
    assert file.read_bytes() == LABEL.line() + second.line()


def test_a_whole_last_line_without_a_break_is_kept(file):
    """An editor may have taken the last line break away."""
    file.write_bytes(LABEL.line().rstrip())
    assert Store(file).read() == [LABEL]
    Store(file).append(LABEL)
    assert file.read_bytes() == LABEL.line() * 2


def test_each_label_is_on_the_disk_before_the_next_message(file, monkeypatch):
    """The file is synchronised once a label."""
    synced = []
    monkeypatch.setattr("temperament.labelling.store.os.fsync", lambda number: synced.append(file.read_bytes()))
    press(sitting(file), "1q", "enter", "5t", "enter")
    assert [data.count(b"\n") for data in synced] == [1, 2]


def test_a_file_of_something_else_is_refused(file):
    """A line that is no label is named, and nothing is written."""
    file.write_text('{"text": "没有标签"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"l\.jsonl") as caught:
        sitting(file)
    assert "第 1 行" in caught.value.zh
    assert "Line 1" in caught.value.en


def test_a_place_that_cannot_be_written(tmp_path):
    """A folder in the place of the file is said, not a traceback."""
    (tmp_path / "d.jsonl").mkdir()
    with pytest.raises(InputError, match=r"d\.jsonl"):
        Store(tmp_path / "d.jsonl").read()


def test_messages_of_a_table(tmp_path):
    """Ids are the column's, or made of the text; blank and repeated messages are left out."""
    path = tmp_path / "m.csv"
    path.write_text("id,内容\n7,甲甲\n,乙乙\n8,\n7,甲甲\n,乙乙\n", encoding="utf-8")
    assert read_messages(path) == [Message("7", "甲甲"), Message(text_id("乙乙"), "乙乙")]


def test_ids_do_not_change_when_rows_are_added(tmp_path):
    """A text keeps its id whatever stands before it."""
    path = tmp_path / "m.txt"
    path.write_text("甲甲\n乙乙\n", encoding="utf-8")
    before = read_messages(path)
    path.write_text("丙丙\n乙乙\n甲甲\n", encoding="utf-8")
    assert {*before} < {*read_messages(path)}


def test_one_id_for_two_texts_is_refused(tmp_path):
    """Their labels could not be told apart."""
    path = tmp_path / "m.csv"
    path.write_text("id,text\n7,甲甲\n7,乙乙\n", encoding="utf-8")
    with pytest.raises(InputError, match="7"):
        read_messages(path)


def test_no_messages(tmp_path):
    """A file of blank rows is said to be empty."""
    path = tmp_path / "m.txt"
    path.write_text("\n \n", encoding="utf-8")
    with pytest.raises(InputError, match=r"m\.txt"):
        read_messages(path)


def test_the_codebook_knows_every_label_in_both_languages():
    """Meaning, examples and limits of each label are written, in Chinese and in English."""
    book = codebook()
    for head in HEADS:
        assert tuple(getattr(book, head)) == LABELS[head]
        for label in LABELS[head]:
            one = book.meaning(head, label)
            assert all((one.ask.zh, one.is_.zh, one.not_.zh, one.says))
            assert all(text.isascii() for text in (one.ask.en, one.is_.en, one.not_.en))
    assert len(book.rules) >= 4
    assert PLACE.is_file()


def test_no_example_stands_under_two_labels():
    """The words given for a label are given for no other."""
    book = codebook()
    said = [text for head in HEADS for label in LABELS[head] for text in book.meaning(head, label).says.split(" / ")]
    assert len(set(said)) == len(said)


LONG = Message("z", "这个月第三次了，师傅说好上午来，下午也没人。" * 60)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(80, 24), (60, 20), (132, 43)])
def test_screens_fit_the_terminal(file, language, width, height):
    """Wide characters counted as two, no line is longer and no screen higher than the terminal, in any state."""
    session = sitting(file, messages=[LONG, *MESSAGES], suggest="after", read=reading)
    for key in [
        "",
        "2",
        "e",
        "d",
        "n",
        "长" * 60,
        "enter",
        "enter",
        "?",
        "pgdn",
        "pgdn",
        "pgdn",
        "z",
        "k",
        "k",
        "k",
        "k",
    ]:
        press(session, *([key] if key else []))
        drawn = screen(session, codebook(), width, height, language)
        assert len(drawn) == height
        assert max(cell_len(line.plain) for line in drawn) <= width


def test_a_long_message_is_turned_page_by_page(file):
    """All of it can be read, and the page stays within bounds."""
    session = sitting(file, messages=[LONG])
    seen = ""
    for _ in range(30):
        drawn = screen(session, codebook(), 80, 24, "zh")
        before = session.page
        seen += "".join(line.plain for line in drawn[2:17])
        press(session, "pgdn")
        screen(session, codebook(), 80, 24, "zh")
        if session.page == before:
            break
    assert LONG.text in seen.replace("\n", "")


def test_what_is_chosen_is_seen_without_colour(file):
    """Chosen labels stand in brackets."""
    session = press(sitting(file), "4qd")
    text = "\n".join(line.plain for line in screen(session, codebook(), 80, 24, "zh"))
    assert "[4 抑郁质]" in text
    assert "[q 愤怒]" in text
    assert "[d 焦急]" in text
    assert text.count("[") == 3


def test_the_models_reading_is_shown_when_it_may_be(file):
    """Not before the decision with "after"; after it, with the running agreement."""
    session = sitting(file, suggest="after", read=reading)
    assert "模型" not in "\n".join(line.plain for line in screen(session, codebook(), 80, 24, "zh"))
    press(session, "1t", "enter")
    text = "\n".join(line.plain for line in screen(session, codebook(), 80, 24, "zh"))
    assert "你 胆汁质·平稳  模型 胆汁质·愤怒 ✓✗" in text
    assert "气质 1/1  情绪 0/1" in text


def unsure(text, first, second, state=("calm", 0.6, 0.4), reason=None):
    """Return a reading whose two likeliest temperaments and states have these chances."""
    one = Reading.of("unclear", "calm", text)
    chances = dict.fromkeys(TEMPERAMENTS, 0.0) | {"unclear": first, "choleric": second}
    states = dict.fromkeys(STATES, 0.0) | {state[0]: state[1], "angry": state[2]}
    fields = {name: getattr(one, name) for name in ("text", "temperament", "state", "confidence")}
    return Reading(**fields, temperament_probabilities=chances, state_probabilities=states, reason=reason)


def test_uncertainty_is_one_minus_the_margin():
    """The mean of both heads; what could not be read counts nothing."""
    readings = [
        unsure("甲", 1.0, 0.0, ("calm", 1.0, 0.0)),
        unsure("乙", 0.5, 0.5, ("calm", 0.5, 0.5)),
        unsure("丙", 0.6, 0.4, ("calm", 0.9, 0.1)),
        unsure("丁", 0.5, 0.5, reason="symbols_only"),
    ]
    assert uncertainty(readings) == pytest.approx([0.0, 1.0, 0.5, 0.0])


def test_selection_prefers_the_uncertain():
    """Of messages alike unlike each other the least sure one comes first."""
    readings = [unsure("快递三天没动", 0.9, 0.1), unsure("发票抬头写错", 0.5, 0.5), unsure("房间漏水严重", 0.7, 0.3)]
    assert select(readings, 3) == [1, 2, 0]
    assert select(readings, 1) == [1]
    assert select([], 5) == []


def test_selection_avoids_copies_and_what_is_labelled():
    """A near copy of a chosen or labelled message waits behind one the model is surer of."""
    readings = [
        unsure("快递三天没动了怎么回事", 0.50, 0.50),
        unsure("快递三天没动了怎么回事呀", 0.51, 0.49),
        unsure("房间漏水", 0.7, 0.3),
    ]
    assert select(readings, 2) == [0, 2]
    assert select(readings, 1, labelled=["快递三天没动了，怎么回事"]) == [2]
    assert select(readings, 2, balance=1.0) == [0, 1]


def test_selection_covers_more_than_chance(default):
    """Of pools where each message has nine near copies: diversity alone takes one of each, the balance more than chance."""
    subjects = ["快递", "发票", "空调", "网速", "押金", "牛奶", "门锁", "航班", "话费", "座椅", "车位", "药盒"]
    ends = [("有问题怎么办", "不对劲"), ("一直没人管", "坏了"), ("还没到", "发错了"), ("能退吗", "太差了")]
    pools = [[f"{one}{end}{n}" for one in subjects for end in pair for n in range(5)] for pair in ends]
    found: dict[float, list[int]] = {0.0: [], BALANCE: []}
    for pool in pools:
        random.Random(1).shuffle(pool)
        readings = default.classify_many(pool, explain=False)
        for balance, covered in found.items():
            covered.append(len({pool[place][:2] for place in select(readings, 12, balance=balance)}))
    drawn = [len({text[:2] for text in random.Random(n).sample(pools[0], 12)}) for n in range(50)]
    assert found[0.0] == [12] * len(pools)
    assert np.mean(found[BALANCE]) > np.mean(drawn) + 1


A = [
    Label("a", "甲甲", "choleric", "angry", ("anxious",), "看过", "甲"),
    Label("b", "=1+1", "unclear", "calm", (), "", "甲"),
]
B = [Label("a", "甲甲", "choleric", "angry", (), "同意", "乙"), Label("b", "=1+1", "sanguine", "calm", (), "", "乙")]
C = [Label("a", "甲甲", "melancholic", "angry", ("anxious",), "", "丙")]


def test_majority_rows():
    """One row a message with the labels of most; without a majority in a head the message is left out."""
    rows, left_out = rows_of([*A, *B, *C], "majority")
    assert left_out == 1
    assert rows == [
        {
            "id": "a",
            "text": "甲甲",
            "temperament": "choleric",
            "state": "angry",
            "also": ["anxious"],
            "votes_t": ["choleric", "choleric", "melancholic"],
            "votes_s": ["angry", "angry", "angry"],
            "annotators": ["甲", "乙", "丙"],
            "note": "看过；同意",
        }
    ]


def test_rows_of_votes_and_of_decisions():
    """Votes keep every message, decisions every line."""
    rows, left_out = rows_of([*A, *B], "votes")
    assert (len(rows), left_out) == (2, 0)
    assert rows[1]["temperament"] == ""
    assert rows[1]["votes_t"] == ["unclear", "sanguine"]
    assert [(row["id"], row["annotator"]) for row in rows_of([*A, *B], "all")[0]] == [
        ("a", "甲"),
        ("b", "甲"),
        ("a", "乙"),
        ("b", "乙"),
    ]


@pytest.mark.parametrize("name", ["o.jsonl", "o.csv", "o.xlsx"])
def test_exports_are_read_as_labelled_messages(tmp_path, name):
    """What is exported can be trained on and scored, in every format."""
    assert export(A, tmp_path / name, "majority") == (2, 0)
    found = read_examples(tmp_path / name)
    assert [(one.id, one.text, one.temperament, one.state, one.also) for one in found] == [
        ("a", "甲甲", "choleric", "angry", ("anxious",)),
        ("b", "=1+1", "unclear", "calm", ()),
    ]


def test_the_file_of_one_annotator_is_a_labelled_file_itself(file):
    """It needs no export."""
    press(sitting(file), "1qd", "enter", "5t", "enter")
    assert [(one.id, one.state, one.also) for one in read_examples(file)] == [
        ("a", "angry", ("anxious",)),
        ("b", "calm", ()),
    ]


def test_no_formula_is_written_into_a_workbook(tmp_path):
    """A message that begins with = stays text."""
    export(A, tmp_path / "o.xlsx", "all")
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx").active
    assert [cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value == "=1+1"] == ["s"]


def test_a_csv_opens_in_excel(tmp_path):
    """It begins with the mark by which Excel knows UTF-8."""
    export(A, tmp_path / "o.csv", "votes")
    assert (tmp_path / "o.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert read_rows(tmp_path / "o.csv")[0]["votes_t"] == "choleric"


def test_other_formats_are_refused(tmp_path):
    """The allowed ones are named."""
    with pytest.raises(UsageError, match=r"\.xlsx"):
        export(A, tmp_path / "o.docx", "all")
