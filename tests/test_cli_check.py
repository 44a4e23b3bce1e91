"""``temperament check``: what goes in, what comes out, and the exit codes."""

import pytest
from test_cli import run

from temperament.labels import Reading
from temperament.reply import check_reply

__all__ = ["run"]
BAD = "您先冷静一下，您太激动了。"
GOOD = "您的包裹明天上午十点前送到，我姓陈，分机8012。"


def test_a_card_underlines_and_offers(run):
    """The reply, the piece, why, what instead, the rule and its line; exit code 1."""
    result = run("check", BAD)
    assert (result.code, result.err) == (1, "")
    for words in (BAD, "必须改", "冷静一下", "calm-down", "000 L555", "✓ 您接着说，我在听，也在记。"):
        assert words in result.out


def test_a_clean_reply(run):
    """Nothing found: said so, exit code 0."""
    result = run("check", GOOD)
    assert (result.code, result.err) == (0, "")
    assert "没有发现问题" in result.out


def test_json_has_the_public_shape(run):
    """One object a reply with the reply and its findings, as the library gives them."""
    result = run(
        "check", BAD, GOOD, "--format", "json", "--state", "愤怒", "--temperament", "唐僧", "--channel", "phone"
    )
    assert (result.code, result.err) == (1, "")
    first, second = result.objects
    assert list(first) == ["reply", "findings"]
    assert (first["reply"], second["reply"]) == (BAD, GOOD)
    expected = check_reply(BAD, Reading.of("melancholic", "angry"), "phone", language="zh")
    assert [one["rule"] for one in first["findings"]] == [one.rule for one in expected]
    one = first["findings"][0]
    assert {"rule", "level", "start", "end", "text", "message", "suggestions", "source"} <= set(one)
    assert BAD[one["start"] : one["end"]] == one["text"]
    assert all(found["level"] == "suggestion" for found in second["findings"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((GOOD, "--state", "angry"), 0),
        (("很抱歉让您久等了，明天十点前送到。",), 0),
        ((BAD, "--disable", "calm-down"), 1),
        ((BAD, "--disable", "calm-down", "--disable", "too-agitated"), 0),
        ((BAD, "--disable", "forbidden"), 0),
        ((BAD, "--allow", BAD), 0),
        (("规定就是规定。", "--temperament", "phlegmatic"), 0),
        (("规定就是规定。", "--state", "angry"), 1),
    ],
)
def test_exit_codes(run, arguments, code):
    """1 for an error or a warning, 0 for suggestions and for nothing."""
    assert run("check", *arguments).code == code


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_standard_input_and_files(run, tmp_path, encoding):
    """One reply a line, blank lines aside, in any encoding."""
    data = f"{BAD}\n\n{GOOD}\n".encode(encoding)
    path = tmp_path / "replies.txt"
    path.write_bytes(data)
    for result in (run("check", "-", "--format", "json", stdin=data), run("check", "--file", path, "--format", "json")):
        assert result.code == 1
        assert [one["reply"] for one in result.objects] == [BAD, GOOD]


def test_nothing_to_check(run):
    """No reply is no fault, but it is said."""
    result = run("check")
    assert (result.code, result.out) == (0, "")
    assert "没有读到回复" in result.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--state", "furious"), "没有“furious”这种情绪状态"),
        (("--temperament", "x"), "没有“x”这种气质"),
        (("--channel", "fax"), "没有“fax”这种渠道"),
        (("--disable", "nothing"), "没有“nothing”这条规则"),
    ],
)
def test_unknown_names(run, arguments, words):
    """Usage errors name what is wrong and what is allowed; exit code 2."""
    result = run("check", BAD, *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def test_english(run):
    """``--lang en`` turns the messages, not the sentences to say."""
    result = run("check", BAD, "--lang", "en")
    assert "error" in result.out
    assert "it has never calmed" in " ".join(result.out.replace("│", " ").split())
    assert "您接着说" in result.out


def test_odd_characters_reach_the_terminal_harmlessly(run):
    """Control characters are replaced, long replies cut short, brackets kept."""
    result = run("check", "您必须来\x1b[31m[bold]" + "好" * 2000)
    assert result.code == 1
    assert "\x1b" not in result.out
    assert "[bold]" in result.out
    assert len(result.out) < 6000
