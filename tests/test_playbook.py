"""The shipped knowledge is whole, its quotations stand in the manuals, and a broken file is refused by line."""

import re
import shutil
import unicodedata
from collections import Counter
from dataclasses import replace

import pytest
from msgspec import structs

from temperament import playbook
from temperament.advice import signals
from temperament.advice.progress import moves_made
from temperament.errors import PlaybookError, UsageError
from temperament.labels import STATES, TEMPERAMENTS
from temperament.playbook.shapes import Phrase, Shape, Text
from temperament.turns import Turn

BOOK = playbook.shipped()
STRATEGIES = [*BOOK.temperaments.values(), *BOOK.states.values()]

FORBIDDEN = {
    "000 principle 1": ["很抱歉让您久等了", "这并不比上次出现的那个问题糟糕", "这个问题确实严重"],
    "000 principle 2": ["您的名字叫什么？", "你必须……"],
    "000 principle 3": ["这表格你没有填对", "你搞错了", "你把我搞糊涂了", "你错了，不是那样的"],
    "000 principle 4": [
        "我不能……",
        "这不是我的事",
        "我没办法",
        "对不起，我们暂时没有解决方案",
        "我不能给你打这么低的折，除非你买10台以上",
    ],
    "000 principle 5": ["你应该这样做……", "在这儿等着"],
    "000 principle 6": ["这事你从来没有做对过", "你要花费……", "你有什么问题？"],
    "000 principle 7": [
        "你这样做疯了",
        "我知道你的感受",
        "我不知道你为什么如此不满",
        "我也不满的",
        "你说得对，这个部门表现确实差劲",
    ],
    "000 principle 8": ["你这样认为就大错特错了", "你的话没有任何意义", "这肯定错了"],
    "000 angry 2": [
        "请你冷静一下",
        "你太激动了",
        "你肯定弄错了",
        "我们从来没有……",
        "我们一直都是这样做的",
        "以前从来没有人抱怨过这些",
        "这种事情一般不会发生",
    ],
    "000 angry 3": [
        "你不要太激动了，要怎样你才满意？",
        "你不就是要讨个说法吗？",
        "你安静一下，有什么大不了的事情，让你如此气愤？",
    ],
    "000 special 4": ["我处理不了", "不是我负责的", "这是个问题", "这个挺难办的"],
    "003 apology": ["我们很抱歉给您带来不便"],
    "003 forbidden": ["这种问题连小孩子都知道", "你要知道，一分钱，一分货", "绝对不可能有这种事发生"],
}
"""The manuals' forbidden phrases, from requirements.md rows 11–18, 45, 47, 57, 110 and 122."""
MENDED = {"并不比上次": "并不上次", "差劲": "差近", "我们双方": "我双方"}
"""Typing errors of the manuals that the playbook mends, as the manuals print them."""


def parts(entry, kind):
    """Yield every piece of one kind inside an entry."""
    if isinstance(entry, kind):
        yield entry
    if isinstance(entry, Shape):
        for name in entry.__struct_fields__:
            yield from parts(getattr(entry, name), kind)
    elif isinstance(entry, tuple):
        for one in entry:
            yield from parts(one, kind)


def sources(entry):
    """Yield every source that stands in an entry."""
    return [one.source for one in parts(entry, Shape) if hasattr(one, "source")]


def test_every_label_has_its_strategy():
    """Five temperaments, five states, each under its own label, and something on every shelf."""
    assert list(BOOK.temperaments) == list(TEMPERAMENTS)
    assert list(BOOK.states) == list(STATES)
    assert all(BOOK.shelves().values())
    assert sum(map(len, BOOK.shelves().values())) == len(list(BOOK.entries()))


def test_entries_are_found_by_id_and_by_label():
    """Every entry answers to its id, strategies to their label too."""
    assert all(BOOK.find(entry.id) is entry for entry in BOOK.entries())
    assert all(BOOK.find(entry.label) is entry for entry in STRATEGIES)
    with pytest.raises(UsageError, match=r"playbook list") as caught:
        BOOK.find("没有这条")
    assert "没有“没有这条”" in caught.value.zh


@pytest.mark.parametrize(
    ("identifier", "text"), [(one.id, text) for one in BOOK.signals.values() for text in one.fires]
)
def test_signals_fire(identifier, text):
    """Every signal is found in each of its own examples, folded as a message is."""
    assert identifier in [signal.id for signal in signals(text)]


@pytest.mark.parametrize(
    ("identifier", "text"),
    [(one.id, text) for one in BOOK.signals.values() for text in one.silent],
)
def test_signals_keep_silent(identifier, text):
    """Every signal is silent in each of its own near misses."""
    assert identifier not in [signal.id for signal in signals(text)]


@pytest.mark.parametrize(
    "identifier",
    [one.id for one in BOOK.signals.values() if one.but],
)
def test_exceptions_of_signals_are_exercised(identifier):
    """Where a signal has exceptions, one of its near misses would show it without them."""
    signal = BOOK.signals[identifier]
    without = replace(BOOK, signals={identifier: structs.replace(signal, but=())})
    assert [text for text in signal.silent if signals(text, without)]


def test_signals_do_not_fire_across_words():
    """紧挨着火车站 is no fire."""
    assert signals("很方便，就是紧挨着火车站，有点闹心") == []


@pytest.mark.parametrize(
    ("identifier", "text"),
    [
        ("signal.self-harm", "我真的活不下去了"),
        pytest.param("signal.self-harm", "把我逼急了我就跳楼自杀"),
        ("signal.injury", "手流血不止"),
        ("signal.injury", "水管把孩子烫伤了，正在住院"),
        pytest.param("signal.injury", "孩子食物中毒进医院了"),
        pytest.param("signal.injury", "一家人煤气中毒"),
        pytest.param("signal.injury", "大出血了"),
        pytest.param("signal.injury", "孩子嘴都划出血了！！！"),
        ("signal.violence", "我叫几个兄弟去堵你们的门"),
        ("signal.regulator", "向市场监管局举报"),
        pytest.param("signal.regulator", "我会去银保监会投诉"),
        ("signal.law", "我会向人民法院起诉"),
        pytest.param("signal.law", "不然我会考虑民事诉讼"),
        pytest.param("signal.law", "我打电话报警告你们扰民"),
        pytest.param("signal.law", "少一分，明天律师函就寄到"),
        ("signal.publicity", "让媒体曝光你们"),
        ("signal.superior", "让你们总经理接电话"),
        ("signal.again", "已经第5次打电话了"),
        pytest.param("signal.again", "来了三四趟了"),
    ],
)
def test_signals_are_not_missed(identifier, text):
    """A grave word inside a longer one (跳楼自杀, 食物中毒) is as grave: missing it is worse than a false alarm."""
    assert identifier in [signal.id for signal in signals(text)]


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.id)
def test_strategies_name_wording_rules_that_exist(strategy):
    """Every phrase to avoid is a rule, named once."""
    assert strategy.avoid
    assert set(strategy.avoid) <= set(BOOK.wording)
    assert len(set(strategy.avoid)) == len(strategy.avoid)


def test_all_forbidden_phrases_of_the_manuals_are_there():
    """All 45 stand in the wording rules, each exactly once, and nothing else does."""
    listed = [phrase for group in FORBIDDEN.values() for phrase in group]
    assert len(listed) == 45
    assert Counter(phrase for rule in BOOK.wording.values() for phrase in rule.avoid) == Counter(listed)


def test_every_rule_offers_better_wording():
    """No phrase is forbidden without saying what to say instead."""
    assert [rule.id for rule in BOOK.wording.values() if not rule.better] == []


@pytest.mark.parametrize("state", ["angry", "confused", "anxious", "difficult"])
def test_every_state_has_causes_on_both_sides(state):
    """The cause table of the manual: the customer's side and the organisation's."""
    sides = {cause.side for cause in BOOK.causes.values() if cause.state == state}
    assert sides >= {"customer", "organisation"}


def test_our_own_sentences_are_polite():
    """Sentences of our own say 您, never 你."""
    familiar = [
        one.zh for entry in BOOK.entries() for one in parts(entry, Phrase) if one.source == "ours" and "你" in one.zh
    ]
    assert familiar == []


@pytest.fixture(scope="module")
def manuals(shared):
    """The manuals' lines by number."""
    paths = {path.name[:3]: path for path in (shared / "seeds").glob("*.txt")}
    return {number: path.read_text(encoding="utf-8").split("\n") for number, path in paths.items()}


def cited(source, manuals):
    """Return the manual's lines that a source names, joined."""
    number, places = source.split(" ", 1)
    ranges = [(int(first), int(last or first)) for first, last in re.findall(r"L(\d+)(?:–(\d+))?", places)]
    assert ranges
    assert all(0 < first <= last <= len(manuals[number]) for first, last in ranges), source
    return "".join("".join(manuals[number][first - 1 : last]) for first, last in ranges)


def bare(text):
    """Return letters and digits alone, 您 as 你."""
    text = unicodedata.normalize("NFKC", text).replace("您", "你")
    return "".join(character for character in text if unicodedata.category(character)[0] in "LN")


def stands(phrase, lines):
    """Tell whether every piece of a phrase between gaps stands in the lines, as printed or mended."""

    def printed(piece):
        for good, typo in MENDED.items():
            piece = piece.replace(good, typo)
        return piece

    pieces = [bare(piece) for piece in phrase.split("……") if bare(piece)]
    return bool(pieces) and all(piece in bare(lines) or printed(piece) in bare(lines) for piece in pieces)


@pytest.mark.parametrize("entry", list(BOOK.entries()), ids=lambda entry: entry.id)
def test_sources_exist(entry, manuals):
    """Every source names lines that the manual has, with text on them."""
    assert sources(entry)
    for source in sources(entry):
        assert source == "ours" or bare(cited(source, manuals))


@pytest.mark.parametrize("entry", list(BOOK.entries()), ids=lambda entry: entry.id)
def test_quotations_stand_where_they_say(entry, manuals):
    """Every sentence with a source, and every forbidden phrase, stands at the named line of the manual.

    Punctuation, 你 for 您, gaps (……), the mended typing errors and what was printed before a slot was put in aside.
    """
    quoted = [(one.printed or one.zh, one.source) for one in parts(entry, Phrase) if one.source != "ours"]
    quoted += [(phrase, entry.source) for phrase in getattr(entry, "avoid", ()) if entry.id in BOOK.wording]
    assert [one for one in quoted if not stands(one[0], cited(one[1], manuals))] == []


def test_quotations_are_really_compared(manuals):
    """The comparison above can fail: a changed sentence or another line is noticed."""
    assert stands("我理解您的苦衷。", cited("000 L547", manuals))
    assert not stands("我了解您的苦衷。", cited("000 L547", manuals))
    assert not stands("我理解您的苦衷。", cited("000 L567", manuals))
    assert not stands("……", cited("000 L547", manuals))


@pytest.mark.parametrize(("move", "text"), [(one.move, text) for one in BOOK.moves.values() for text in one.fires])
def test_moves_fire(move, text):
    """Every move is recognised in each of its own examples."""
    assert move in moves_made([Turn("agent", text)], BOOK)


@pytest.mark.parametrize(("move", "text"), [(one.move, text) for one in BOOK.moves.values() for text in one.silent])
def test_moves_keep_silent(move, text):
    """Every move is silent in each of its own near misses, and in whatever a customer says."""
    assert move not in moves_made([Turn("agent", text)], BOOK)


@pytest.mark.parametrize("rule", [one for one in BOOK.moves.values() if one.but], ids=lambda rule: rule.id)
def test_exceptions_of_moves_are_exercised(rule):
    """Where a move has exceptions, one of its near misses would show it without them."""
    without = replace(BOOK, moves={rule.id: structs.replace(rule, but=())})
    assert [text for text in rule.silent if moves_made([Turn("agent", text)], without)]


def test_the_customers_words_make_no_move():
    """Only the agent's turns count."""
    assert moves_made([Turn("customer", "我在听，您说")], BOOK) == {}


def test_every_row_of_the_requirements_is_answered():
    """Rows 1 to 125, by the entries that name them; wording rules answer the rows of their manual lines."""
    named = {row for entry in BOOK.entries() for row in entry.rows}
    assert set(range(1, 126)) - named == {45, 47, 122}
    by_line = {45: "calm-down", 47: "no-big-deal", 122: "impossible"}
    assert all(identifier in BOOK.wording for identifier in by_line.values())


def test_entries_without_a_row_serve_others():
    """Only slots stand without a row; wording rules and what checks replies answer the rows of their manual lines."""
    without = {kind for kind, shelf in BOOK.shelves().items() for entry in shelf.values() if not entry.rows}
    assert without == {"wording", "slots", "checks", "parts", "spellings"}


def test_explanations_are_in_both_languages():
    """Every explanation has Chinese characters in zh and none in en."""
    texts = [one for entry in BOOK.entries() for one in parts(entry, Text)]
    assert len(texts) > 400
    han = re.compile("[\u4e00-\u9fff]")
    assert [one.zh for one in texts if not han.search(one.zh)] == []
    assert [one.en for one in texts if han.search(one.en)] == []


@pytest.mark.parametrize("kind", ["moves", "channels", "groups", "procedure", "grading"])
def test_a_missing_label_of_any_kind_is_refused(folder, kind):
    """Every move, channel, group, stage and cell of the matrix is there exactly once."""
    path = folder / f"{kind}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.rindex("- id: ")], encoding="utf-8")
    refuse(folder, f"{kind}.yaml:1", "", "")


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "zh", "en"),
    [
        ("signals.yaml", "to: authority.legal", "to: authority.judge", "authority.yaml:1", "authority.judge 不存在", "to of"),
        ("replies.yaml", "signals: [signal.injury]", "signals: [signal.x]", "signals.yaml:1", "signal.x 不存在", "signal.x"),
        ("procedure.yaml", "forms: [form.plan]", "forms: [form.plans]", "forms.yaml:1", "form.plans 不存在", "form.plans"),
        ("replies.yaml", "{other_remedy}", "{other}", "replies.yaml:1", "{other} 不认识；可用：agent", "allowed: agent"),
        ("moves.yaml", 'except: ["您先说清楚', 'except: ["(您先说清楚', "moves.yaml:1", "move.listen 里的正则", "is wrong"),
        ("grading.yaml", "urgency: low", "urgency: high", "grading.yaml:1", "low × low 出现了 0 次", "low × low stands 0"),
    ],
)  # fmt: skip
def test_references_between_files_are_checked(folder, name, old, new, place, zh, en):
    """What one entry names in another file has to be there."""
    edit(folder / name, old, new)
    refuse(folder, place, zh, en)


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped playbook that a test may break."""
    for path in playbook.SHIPPED.glob("*.yaml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def edit(path, old, new):
    """Replace the first occurrence and return the line, from 1, on which it begins."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def refuse(folder, place, zh, en):
    """Load and expect a PlaybookError with the place, in both languages."""
    with pytest.raises(PlaybookError, match=r".") as caught:
        playbook.load(folder)
    assert caught.value.zh.startswith(f"{folder / place}")
    assert caught.value.en.startswith(f"{folder / place}")
    assert zh in caught.value.zh
    assert en in caught.value.en
    assert caught.value.exit_code == 3


def test_a_copy_of_the_shipped_playbook_loads(folder):
    """The shipped files, read from elsewhere, give the same playbook, also with a byte-order mark."""
    path = folder / "tags.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert playbook.load(folder) == BOOK


@pytest.mark.parametrize(
    ("name", "old", "new", "zh", "en"),
    [
        (
            "wording.yaml",
            "level: suggestion",
            "level: fatal",
            "可用：error、suggestion、warning",
            "allowed: error, suggestion, warning",
        ),
        ("wording.yaml", "level: suggestion", "level: 5", "字段 level 不合规定", "field level: "),
        ("states.yaml", "pace: even", "pace: rapid", "可用：even、quick、slow", "allowed: even, quick, slow"),
        ("states.yaml", "priority: high", "priority: top", "可用：high、low、normal", "allowed: high, low, normal"),
        ("states.yaml", "label: angry", "label: furious", "可用：angry、anxious", "allowed: angry, anxious, calm"),
        ("states.yaml", "source: 000 L547", "source: 009 L547", "字段 steps.say.source", "field steps.say.source"),
        ("states.yaml", "source: 000 L547", "source: 000 line 547", "字段 steps.say.source", "field steps.say.source"),
        ("temperaments.yaml", "unless: [angry]", "unless: [cross]", "可用：angry、anxious", "allowed: angry, anxious"),
        ("temperaments.yaml", "id: temperament.choleric", "id: Temperament!", "字段 id 不合规定", "field id: "),
        (
            "causes.yaml",
            "side: customer",
            "side: nobody",
            "可用：accident、customer、organisation",
            "allowed: accident, customer, organisation",
        ),
        ("signals.yaml", "escalate: true", "escalate: perhaps", "字段 escalate", "field escalate"),
        ("tags.yaml", "source: 000 L521", "source: ''", "字段 source", "field source"),
    ],
)
def test_a_wrong_value_names_line_field_and_what_is_allowed(folder, name, old, new, zh, en):
    """File, line, field, and the choices where there are choices."""
    line = edit(folder / name, old, new)
    refuse(folder, f"{name}:{line}", zh, en)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("wording.yaml", "  level: suggestion", "  severity: high\n  level: suggestion"),
        ("tags.yaml", "  sign:", "  signs: 甲\n  sign:"),
        ("states.yaml", "    zh: 愤怒", "    de: zornig\n    zh: 愤怒"),
    ],
)
def test_an_unknown_field_is_refused_with_the_known_ones(folder, name, old, new):
    """A misspelt field is not silently ignored."""
    edit(folder / name, old, new)
    field = new.split(":")[0].strip()
    refuse(folder, f"{name}:", f"unknown field `{field}`", f"unknown field `{field}`")
    refuse(folder, f"{name}:", "可用：", "allowed: ")


@pytest.mark.parametrize(
    ("name", "old", "field"),
    [("wording.yaml", "  level: suggestion\n", "level"), ("tags.yaml", "    en: No patience\n", "en")],
)
def test_a_missing_field_is_named(folder, name, old, field):
    """Every field without a default is needed."""
    edit(folder / name, old, "")
    refuse(folder, f"{name}:", f"missing required field `{field}`", f"missing required field `{field}`")


def test_a_missing_label_is_named(folder):
    """A playbook without a strategy for some label is refused."""
    path = folder / "states.yaml"
    path.write_text(path.read_text(encoding="utf-8").split("- id: state.calm")[0], encoding="utf-8")
    refuse(folder, "states.yaml:1", "缺少这些标签的策略：calm", "has no strategy for: calm")


def test_a_second_strategy_for_a_label_is_a_missing_one(folder):
    """Giving a label twice is refused, though another is left without."""
    edit(folder / "temperaments.yaml", "label: unclear", "label: choleric")
    refuse(folder, "temperaments.yaml:1", "都是 choleric 的策略", "are both strategies for choleric")


def test_an_extra_strategy_for_a_label_is_refused(folder):
    """Two strategies for one label contradict each other; neither may vanish."""
    path = folder / "states.yaml"
    text = path.read_text(encoding="utf-8")
    extra = "- id: state.calm" + text.split("- id: state.calm")[1]
    path.write_text(text + "\n" + extra.replace("id: state.calm", "id: state.calmer"), encoding="utf-8")
    refuse(folder, "states.yaml", "calm", "calm")


def test_a_duplicate_id_names_the_second_line(folder):
    """An id stands once in its file."""
    path = folder / "tags.yaml"
    text = path.read_text(encoding="utf-8")
    first = text[text.index("- id:") : text.index("- id:", text.index("- id:") + 1)]
    path.write_text(text + "\n" + first, encoding="utf-8")
    line = text.count("\n") + 2
    refuse(folder, f"tags.yaml:{line}", "编号 tag.one-for-all 出现了两次", "the id tag.one-for-all occurs twice")


def test_an_id_in_two_files_is_refused(folder):
    """Ids are unique over the whole playbook."""
    edit(folder / "tags.yaml", "id: tag.no-patience", "id: signal.law")
    refuse(folder, "", "编号 signal.law 在两个文件里都有", "the id signal.law stands in two files")


def test_an_unknown_rule_under_avoid_is_named(folder):
    """A strategy names only rules that exist."""
    edit(folder / "states.yaml", "    - calm-down", "    - calm-downn")
    refuse(
        folder, "wording.yaml:1", "calm-downn 不存在", "calm-downn, named under avoid of state.angry, does not exist"
    )


@pytest.mark.parametrize("old", ['cues: ["不想活"', 'except: ["跳楼价"'])
def test_a_wrong_expression_is_named(folder, old):
    """A regular expression that does not compile is refused with its signal."""
    edit(folder / "signals.yaml", old, old.replace('["', '["(", "'))
    refuse(
        folder, "signals.yaml:1", "signal.self-harm 里的正则 ( 写错了", "the expression ( of signal.self-harm is wrong"
    )


@pytest.mark.parametrize(
    ("content", "line", "zh", "en"),
    [
        ("- id: a\n  name: [\n", 3, "不是合格的 YAML", "is not valid YAML"),
        ("- id: a\n\tname: b\n", 2, "不是合格的 YAML", "is not valid YAML"),
        ("- &a b\n- *c\n", 2, "不是合格的 YAML", "is not valid YAML"),
        ("- !!python/object:os.system {}\n", 1, "不是合格的 YAML", "is not valid YAML"),
        ("- &a [*a]\n", 1, "有一条包含它自己", "an entry contains itself"),
        ("a: b\x07\n", 1, "不是合格的 YAML", "is not valid YAML"),
        ("", 1, "应是一个条目列表", "must be a list of entries"),
        ("# nothing\n", 1, "应是一个条目列表", "must be a list of entries"),
        ("id: a\n", 1, "应是一个条目列表", "must be a list of entries"),
        ("好\n", 1, "应是一个条目列表", "must be a list of entries"),
        ("- 好\n", 1, "字段 id 不合规定", "field id: "),
        ("- {}\n", 1, "missing required field", "missing required field"),
    ],
)
def test_a_file_that_is_no_list_of_entries(folder, content, line, zh, en):
    """Broken YAML, other YAML and entries of another kind are refused with their line."""
    (folder / "tags.yaml").write_text(content, encoding="utf-8")
    refuse(folder, f"tags.yaml:{line}", zh, en)


def test_a_missing_file_is_named(folder):
    """A playbook has all its files."""
    (folder / "causes.yaml").unlink()
    refuse(folder, "causes.yaml:1", "读不了", "cannot be read")


def test_a_file_that_is_not_utf8_is_named(folder):
    """A GBK file is refused, not misread."""
    path = folder / "tags.yaml"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    refuse(folder, "tags.yaml:1", "读不了", "cannot be read")
