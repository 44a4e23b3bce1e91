"""The report of conversations: one page, safe, valid, in both languages, true to the summary."""

import json
import re
import sys
from dataclasses import replace

import pytest
from justhtml import JustHTML
from talks import CALM, UPSET, rich, talk

from temperament.conversation.results import OtherTurn
from temperament.labels import NAMES, Evidence
from temperament.render.marking import LONG, SHOWN, Span, folded, marked
from temperament.render.report import MOST, report_page
from temperament.summary import coaching, summarise
from temperament.turns import Turn

NASTY = "<script>alert(1)</script> & \"'</style> \u202eabc\u2066 \x00\x07\ud83d 😡👨‍👩‍👧 مرحبا"


def parse(page):
    """Return a page as a tree; broken HTML fails."""
    tree = JustHTML(page, collect_errors=True, sanitize=False)
    assert tree.errors == []
    return tree


def tile(tree, name):
    """Return the number on one tile."""
    (found,) = tree.query(f"dd[data-name={name}]")
    return found.to_text()


@pytest.fixture(scope="module")
def month():
    """Some conversations of several agents over some days."""
    days = [3, 3, 4, 5, 5, 5]
    talks = [
        talk(f"t{n}", (CALM, UPSET)[n % 3 > 0], agent=("小林", "阿梅")[n % 2], started=f"2026-05-{day:02d} 09:00")
        for n, day in enumerate(days)
    ]
    return [rich("rich"), *talks]


@pytest.fixture(scope="module")
def page(month):
    """The report of the month in Chinese."""
    return report_page(month, "zh", title="五月")


def test_the_page_holds_everything_itself(month, page):
    """No script, no address, nothing fetched; the page itself forbids it."""
    for one in (page, report_page(month[:1], "en")):
        tree = parse(one)
        assert tree.query("script, link, iframe, img, object, embed, base") == []
        assert not re.search(r"""(?:src|href|action|data|poster)\s*=\s*["']?\s*(?:[a-z]+:)?//""", one, re.IGNORECASE)
        assert not re.search(r"url\(|@import|https?:", one)
        assert all(link.attrs["href"].startswith("#") for link in tree.query("a"))
        (policy,) = tree.query("meta[http-equiv=Content-Security-Policy]")
        assert policy.attrs["content"].startswith("default-src 'none'")


def test_every_link_leads_somewhere(page):
    """Anchors exist, and no id stands twice."""
    tree = parse(page)
    ids = [one.attrs["id"] for one in tree.query("[id]")]
    assert len(ids) == len(set(ids))
    assert {link.attrs["href"][1:] for link in tree.query("a")} <= set(ids)
    assert len(tree.query("a")) > 20


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_languages(language):
    """The page says its language, and no word of the other one's interface is in it."""
    one = report_page([rich("a", language=language), talk("b", CALM, language=language)], language, title="x")
    assert parse(one).query("html")[0].attrs["lang"] == {"zh": "zh-CN", "en": "en"}[language]
    shown = parse(one).query("h1")[0].to_text()
    assert shown == {"zh": "对话报告", "en": "Conversation report"}[language]
    assert NAMES["angry"].show(language) in one
    headings = " ".join(head.to_text() for head in parse(one).query("h2, h3, th[scope=col], dt"))
    assert bool(re.search("[a-zA-Z]{4}", headings)) is (language == "en")


def test_numbers_are_those_of_the_summary(month, page):
    """What the tiles and the table of agents say is what was counted."""
    team, tree = summarise(month, "zh"), parse(page)
    assert tile(tree, "conversations") == str(len(month))
    assert tile(tree, "attention") == str(team.total.attention)
    assert tile(tree, "errors") == str(team.total.levels["error"])
    assert tile(tree, "broken") == str(team.total.broken) == "1"
    assert tile(tree, "ended_calm") == f"{team.total.ended_calm:.0%}"
    assert tile(tree, "steps") == f"{team.total.steps:.0%}"
    rows = [[cell.to_text() for cell in row.query("th, td")] for row in tree.query("table.agents tbody tr")]
    assert [row[0] for row in rows] == [*(one.agent for one in team.agents), "全体"]
    for row, one in zip(rows, (*team.agents, team.total), strict=True):
        assert row[1:4] == [str(one.conversations), str(one.turns), " / ".join(map(str, one.levels.values()))]
        assert row[-1] == str(one.attention)


def test_charts_say_the_summarys_numbers(month, page):
    """The pictures of the overview can be listened to, and say what was counted."""
    team = summarise(month, "zh")
    labels = [one.attrs["aria-label"] for one in parse(page).query("svg[role=img]")]
    led = ", ".join(f"{NAMES[state].zh} {count}" for state, count in team.led.items())
    assert any(label.endswith(led) for label in labels)
    days = [f"{one.day:%m-%d}" for one in team.days]
    assert all(any(day in label for label in labels) for day in days)


def test_every_picture_and_table_is_named(page):
    """Pictures have words, tables have headers, and headings skip no level."""
    tree = parse(page)
    assert all(one.attrs.get("aria-label") or one.attrs.get("aria-hidden") for one in tree.query("svg"))
    assert all(one.query("th[scope=col]") for one in tree.query("table"))
    levels = [int(one.name[1]) for one in tree.query("h1, h2, h3, h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_every_word_of_the_conversation_is_there(page):
    """Each turn stands in its order, whole, however much of it is marked."""
    article = next(one for one in parse(page).query("article") if "rich" in one.query("h2")[0].to_text())
    for piece in article.query("sup"):
        piece.parent.remove_child(piece)
    said = [one.to_text(separator="", strip=False) for one in article.query("div.said")]
    assert said == [text for _, text in UPSET]


def test_findings_stand_in_place_with_why_and_better_wording(page):
    """The words are marked, numbered, and explained with rule and source."""
    one = rich("rich")
    article = next(each for each in parse(page).query("article") if "rich" in each.query("h2")[0].to_text())
    marks = [each.to_text() for each in article.query("ol.turns mark.fi")]
    shown = article.query("ol.findings")
    text = article.to_text(separator=" ")
    for turn in one.agent_turns:
        for finding in turn.findings:
            assert finding.message in text
            assert finding.source in text
            assert not finding.text or finding.text in marks
    assert len(shown) == sum(any(finding.text for finding in turn.findings) for turn in one.agent_turns)


def test_everything_a_conversation_holds_is_shown(page):
    """Signals, turning points, promises, steps, trust, repeated demands, cause, notes and when to step in."""
    one = rich("rich")
    article = next(each for each in parse(page).query("article") if "rich" in each.query("h2")[0].to_text())
    text = article.to_text(separator=" ", strip=True)
    for words in (
        *(signal.why for signal in one.signals),
        *(promise.text for promise in one.promises),
        *(step.text for step in one.steps),
        *one.reasons,
        *one.notes,
        one.cause.text,
        "没做到",
        "看不出",
        "信任度 −58",
        "又提第 1 句的要求",
        "转好",
        "该请主管",
        "31%",
    ):
        assert words in text, words
    assert article.query("ol.turns mark.sig")[0].to_text() == "12315"
    assert article.query("ol.turns mark.pro")[0].to_text() == "今天下午五点前给您回电话"


def test_coaching_points_are_those_of_the_summary():
    """Each shown point has its source; what is left out is counted."""
    one = rich("a")
    points = coaching(one, "zh")
    tree = parse(report_page([one], "zh"))
    shown = tree.query("section.coach li")
    assert len(shown) == 8
    assert f"另有 {len(points) - 8} 条" in tree.query("section.coach")[0].to_text()
    assert all("出处" in each.to_text() for each in shown)
    assert any("没做" in each.to_text() for each in shown)


def test_customers_cannot_write_markup():
    """Script, quotes, turned text, broken characters and emoji of customers, agents and file names stay words."""
    lines = (("customer", NASTY), ("agent", NASTY))
    nasty = replace(
        talk(NASTY, lines, agent=NASTY),
        reasons=(NASTY,),
        notes=(NASTY,),
        started=NASTY,
        model=NASTY,
        signals=tuple(replace(one, text=NASTY, name=NASTY, why=NASTY) for one in rich().signals),
        promises=tuple(replace(one, text=NASTY) for one in rich().promises),
        cause=replace(rich().cause, text=NASTY, words=NASTY),
    )
    other = OtherTurn(3, Turn("customer", NASTY, NASTY))
    nasty = replace(nasty, turns=(*nasty.turns, other))
    for one in (report_page([nasty], "zh", title=NASTY), report_page([nasty, nasty], "en", title=NASTY)):
        tree = parse(one)
        assert tree.query("script") == []
        assert "<script" not in one
        assert one.encode("utf-8")
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x07\ud800-\udfff]", one)
        assert "👨‍👩‍👧" in one
        assert len(tree.query("style")) == 1


def test_a_very_long_turn_is_folded_with_its_marks():
    """The first part is shown, the rest is there to unfold, and no character is lost."""
    text = "啊" * 100_000
    one = talk("a", (("customer", "x"),))
    turn = one.turns[0]
    pieces = tuple(Evidence(at, at + 2, "啊啊", "angry", 0.3) for at in (10, SHOWN - 1, 50_000))
    reading = replace(turn.reading, text=text, evidence=pieces, reason=None)
    one = replace(one, turns=(replace(turn, turn=replace(turn.turn, text=text), reading=reading),))
    page = report_page([one], "en")
    (said,) = parse(page).query("div.said")
    (rest,) = said.query("details")
    assert said.to_text().count("啊") == 100_000
    assert rest.to_text().count("啊") == 100_000 - SHOWN
    assert "99,400 characters (2 marks in them)" in rest.query("summary")[0].to_text()
    assert len(rest.query("mark")) == 2


def test_marks_may_overlap_and_touch():
    """Pieces carry the classes of all spans over them; empty spans and spans out of bounds mark nothing."""
    spans = [Span(0, 4, "a", "one"), Span(2, 6, "b", "two", "1"), Span(3, 3, "c"), Span(8, 20, "d")]
    assert marked("0123456789", spans) == (
        '<mark class="a" title="one">01</mark><mark class="a b" title="one；two">23</mark>'
        '<mark class="b" title="two">45</mark><sup>1</sup>67<mark class="d" title="">89</mark>'
    )
    assert marked("", [Span(0, 0, "a")]) == ""
    assert "details" in folded("x" * (LONG + 1), [], "{} {}")
    assert "details" not in folded("x" * LONG, [], "{} {}")


def test_many_conversations_list_the_ones_to_look_at():
    """The page says what is left out, lists those that need attention, and counts all."""
    calm, upset = talk("calm", CALM, started=""), rich("upset", started="")
    talks = [replace(calm, id=f"calm-{number}") for number in range(1_000)]
    talks += [replace(upset, id=f"upset-{number}") for number in range(50)]
    page = report_page(talks, "zh")
    tree = parse(page)
    listed = [one.to_text() for one in tree.query("table.list tbody th")]
    assert len(listed) == len(tree.query("article")) == MOST
    assert {f"upset-{number}" for number in range(50)} <= set(listed)
    assert "200 段" in tree.query("p.note")[0].to_text()
    assert "850 段" in tree.query("p.note")[0].to_text()
    assert tile(tree, "conversations") == "1,050"
    assert len(page.encode()) < 8_000_000


def test_one_conversation_needs_no_overview():
    """The page of a single conversation is that conversation."""
    tree = parse(report_page([rich("a")], "zh"))
    assert tree.query("table.agents, table.list, dl.tiles") == []
    assert len(tree.query("article")) == 1


@pytest.mark.parametrize("lines", [(), (("agent", "您好"),), (("customer", ""),), (("customer", "……"), ("agent", ""))])
def test_poor_conversations_make_a_page(lines):
    """Nobody, one side only, empty turns, nothing readable."""
    assert len(parse(report_page([talk("a", lines)], "zh")).query("li.turn")) == len(lines)
    assert parse(report_page([talk("a", lines), talk("b", lines)], "en")).query("article")


def test_no_conversation_makes_a_page():
    """It says that there is nothing."""
    assert "没有读到对话" in parse(report_page([], "zh")).to_text()


def test_peaks_are_told_with_how_they_were_found():
    """The table names word, day and numbers, and the page says by which test."""
    upset = rich("x")
    plan = [(day, "快递", 3) for day in range(1, 11)] + [(5, "停电", 9)]
    talks = []
    for day, word, count in plan:
        turn = replace(upset.turns[0], turn=Turn("customer", f"{word}到底管不管"))
        talks += [
            replace(upset, id=f"{word}{day}-{n}", turns=(turn,), started=f"2026-05-{day:02d}", cause=None)
            for n in range(count)
        ]
    tree = parse(report_page(talks, "zh"))
    (section,) = tree.query("section[aria-labelledby=time]")
    (row,) = section.query("tbody tr")
    cells = [one.to_text(separator=" ") for one in row.query("th, td")]
    assert cells[0] == "2026-05-05"
    assert "停电" in cells[1]
    assert cells[2:4] == ["9 / 12", "0 / 27"]
    assert "Fisher" in section.to_text()


def test_line_ends_of_any_system_are_line_ends():
    """A carriage return is no strange character."""
    page = report_page([talk("a", (("customer", "一\r\n二\r三"), ("agent", "好")))], "zh")
    assert "\ufffd" not in page
    assert parse(page).query("div.said")[0].to_text(separator="", strip=False).split() == ["一", "二", "三"]


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command line in this process; return code, output and errors."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["temperament", *arguments])
        monkeypatch.setenv("TEMPERAMENT_LANG", "zh")
        from temperament.cli import main

        code = main()
        return (int(code), *capsys.readouterr())

    return call


def write(folder, name, lines):
    """Write a plain conversation."""
    path = folder / name
    names = {"customer": "客户", "agent": "客服"}
    path.write_text("\n".join(f"{names[who]}：{text}" for who, text in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_writes_a_page(run, tmp_path, language):
    """``transcript FOLDER --html PAGE`` writes one page and says where it is."""
    talks = tmp_path / "talks"
    talks.mkdir()
    write(talks, "a.txt", UPSET)
    write(talks, "b.txt", CALM)
    page = tmp_path / "report.html"
    code, out, err = run("transcript", str(talks), "--html", str(page), "--lang", language)
    assert (code, err) == (0, "")
    assert str(page) in out
    tree = parse(page.read_text(encoding="utf-8"))
    assert tile(tree, "conversations") == "2"
    assert tree.query("p.quiet")[0].to_text() == "talks"
    code, out, _ = run("transcript", str(talks / "a.txt"), "--html", str(page), "--format", "json")
    assert json.loads(out) == {"html": str(page), "conversations": 1, "listed": 1}
    assert len(parse(page.read_text(encoding="utf-8")).query("article")) == 1


@pytest.mark.parametrize(("name", "code"), [("talk.txt", 2), ("none/report.html", 3), ("folder.html", 3)])
def test_places_where_no_page_can_be(run, tmp_path, name, code):
    """A conversation is not overwritten, and a folder that is not there is named; no traceback."""
    talk_file = write(tmp_path, "talk.txt", CALM)
    before = talk_file.read_text(encoding="utf-8")
    (tmp_path / "folder.html").mkdir()
    found, out, err = run("transcript", str(talk_file), "--html", str(tmp_path / name), "--lang", "en")
    assert (found, out) == (code, "")
    assert name.split("/")[0] in err
    assert "Traceback" not in err
    assert talk_file.read_text(encoding="utf-8") == before
