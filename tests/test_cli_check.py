"""``temperament check``: what goes in, what comes out, and the exit codes."""

import json

import pytest
from test_cli import run

from temperament import playbook
from temperament.labels import Reading
from temperament.reply import check_reply
from temperament.reply.explaining import explain

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


@pytest.mark.parametrize(
    ("text", "threshold", "code"),
    [
        (BAD, "error", 1),
        ("规定就是规定。", "error", 0),
        ("规定就是规定。", "warning", 1),
        ("哈哈，我来查一下。", "warning", 0),
        ("哈哈，我来查一下。", "suggestion", 1),
        (GOOD, "suggestion", 0),
    ],
)
def test_fail_on(run, text, threshold, code):
    """The exit code follows the threshold; what is found is shown all the same."""
    result = run("check", text, "--fail-on", threshold)
    assert result.code == code
    assert ("没有发现问题" in result.out) == (text == GOOD)


def test_chinese_names_of_channels(run):
    """电话 is phone: closing is missed on the phone only."""
    by_name = run("check", GOOD, "-s", "愤怒", "--channel", "电话", "--format", "json")
    assert by_name.objects == run("check", GOOD, "-s", "angry", "--channel", "phone", "--format", "json").objects
    assert by_name.objects != run("check", GOOD, "-s", "angry", "--channel", "在线", "--format", "json").objects


LINES = "您先冷静一下\r\n\r\n好的😀您先冷静一下，这不归我们管\r\n"


def sarif_of(result):
    """The one run of a SARIF document, after the fields that the standard requires have been looked at."""
    document = json.loads(result.out)
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-schema-2.1.0.json")
    (one,) = document["runs"]
    driver = one["tool"]["driver"]
    assert driver["name"] == "temperament"
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    for found in one["results"]:
        assert found["message"]["text"]
        assert found["level"] in {"error", "warning", "note"}
        assert driver["rules"][found["ruleIndex"]]["id"] == found["ruleId"]
        place = found["locations"][0]["physicalLocation"]
        artifact = one["artifacts"][place["artifactLocation"]["index"]]
        assert artifact["location"]["uri"] == place["artifactLocation"]["uri"]
        region = place["region"]
        assert region["charOffset"] >= 0
        assert region["charLength"] >= 0
        assert (region["startLine"], region["startColumn"]) >= (1, 1)
    return one


def test_sarif_of_a_text_file(run, tmp_path):
    """Offsets and columns count code points of the file, as the run says; lines are those of the file."""
    path = tmp_path / "回复 1.txt"
    path.write_bytes(LINES.encode())
    result = run("check", "--file", path, "--format", "sarif")
    assert (result.code, result.err) == (1, "")
    one = sarif_of(result)
    assert one["columnKind"] == "unicodeCodePoints"
    assert [artifact["location"]["uri"] for artifact in one["artifacts"]] == [path.as_uri()]
    assert [found["ruleId"] for found in one["results"]] == ["calm-down", "calm-down", "not-in-charge"]
    assert [found["level"] for found in one["results"]] == ["error"] * 3
    for found in one["results"]:
        region = found["locations"][0]["physicalLocation"]["region"]
        start, end = region["charOffset"], region["charOffset"] + region["charLength"]
        assert LINES[start:end] == region["snippet"]["text"]
        line = LINES.split("\r\n")[region["startLine"] - 1]
        assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == region["snippet"]["text"]
        assert region["startLine"] == region["endLine"]


def test_sarif_of_other_replies(run, tmp_path):
    """Arguments and cells of a table have no place in a text: each is an artifact that holds its text."""
    path = tmp_path / "replies.csv"
    path.write_text('text\n好的\n"一行\n您先冷静一下"\n', encoding="utf-8")
    for arguments, names in (((GOOD, BAD), ["reply-2"]), (("--file", path), [f"{path.as_uri()}#reply-2"])):
        one = sarif_of(run("check", *arguments, "--format", "sarif", "--fail-on", "error"))
        assert [artifact["location"]["uri"] for artifact in one["artifacts"]] == names
        found = one["results"][0]["locations"][0]["physicalLocation"]["region"]
        text = one["artifacts"][0]["contents"]["text"]
        assert text[found["charOffset"] :].startswith(found["snippet"]["text"])
        line = text.split("\n")[found["startLine"] - 1]
        assert line[found["startColumn"] - 1 :].startswith(found["snippet"]["text"])


def test_sarif_levels_and_missing_parts(run):
    """A suggestion is a note; a missing part lies at the end, without a length; nothing found is a whole document."""
    one = sarif_of(run("check", "已经登记了。", "--state", "angry", "--format", "sarif"))
    assert {found["level"] for found in one["results"]} == {"note"}
    region = one["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["charOffset"], region["charLength"], "snippet" in region) == (6, 0, False)
    assert sarif_of(run("check", "规定就是规定。", "--format", "sarif"))["results"][0]["level"] == "warning"
    assert sarif_of(run("check", GOOD, "--format", "sarif"))["results"] == []


def test_github(run, tmp_path):
    """A workflow command for every finding, at its line and column, with what is special escaped."""
    path = tmp_path / "a,b.txt"
    path.write_bytes(LINES.encode())
    first, second, third = run("check", "--file", path, "--format", "github").out.splitlines()
    where = str(path).replace(",", "%2C")
    assert first.startswith(f"::error file={where},line=1,title=calm-down,col=2,endColumn=")
    assert second.startswith(f"::error file={where},line=3,title=calm-down,col=5,")
    assert "::“不归我们管” " in third
    (warning,) = run("check", "规定就是规定，涨10%\x1b", "--format", "github").out.splitlines()
    assert warning.startswith("::warning title=check.policy-recital::")
    assert "\x1b" not in warning
    assert run("check", GOOD, "--format", "github").out == ""
    notice = run("check", GOOD, "-s", "angry", "--format", "github").out
    assert notice.startswith("::notice title=part.")


@pytest.mark.parametrize(
    ("reply", "rules"),
    [
        (f"{BAD} <!-- temperament: off calm-down -->", ["too-agitated"]),
        (f"{BAD} # temperament: off calm-down", ["too-agitated"]),
        (f"{BAD}<!--TEMPERAMENT:OFF calm-down,too-agitated-->", []),
        (f"{BAD} # temperament: off forbidden", []),
        (f"<!-- temperament: off -->{BAD}", []),
        (f"{BAD} # temperament: on calm-down", ["calm-down", "too-agitated"]),
    ],
)
def test_marks_in_a_reply(run, reply, rules):
    """A mark turns rules off for its reply, and for no other; spans stay those of the reply as given."""
    result = run("check", reply, BAD, "--format", "json")
    first, second = result.objects
    assert [one["rule"] for one in first["findings"]] == rules
    assert all(reply[one["start"] : one["end"]] == one["text"] for one in first["findings"])
    assert len(second["findings"]) == 2


def test_marks_on_lines_of_their_own(run, tmp_path):
    """They hold until they are taken back, and are no replies."""
    path = tmp_path / "replies.txt"
    lines = [
        BAD,
        "# temperament: off calm-down",
        BAD,
        f"{BAD} <!-- temperament: on calm-down -->",
        BAD,
        "<!-- temperament: off -->",
        BAD,
        "# temperament: on",
        BAD,
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    result = run("check", "--file", path, "--format", "json")
    assert [len(one["findings"]) for one in result.objects] == [2, 1, 2, 1, 0, 2]


def test_a_misspelt_mark_is_refused(run):
    """Otherwise it would silently check on."""
    result = run("check", f"{BAD} # temperament: off calm-dwon")
    assert (result.code, result.out) == (2, "")
    assert "没有“calm-dwon”这条规则" in result.err


def test_baseline(run, tmp_path):
    """Known findings are told no more, new ones are; the file holds no words and may be written anew."""
    path = tmp_path / "known.json"
    noted = run("check", BAD, "--write-baseline", path)
    assert (noted.code, noted.out) == (0, "")
    assert "2 处记入" in noted.err
    assert "冷静" not in path.read_text(encoding="utf-8")
    known = run("check", BAD, BAD, GOOD, "--baseline", path, "--format", "json")
    assert known.code == 0
    assert [one["findings"] for one in known.objects] == [[], [], []]
    other = run("check", f"{BAD}这不归我们管。", "--baseline", path, "--format", "json")
    assert (other.code, len(other.objects[0]["findings"])) == (1, 3)
    assert run("check", GOOD, "--write-baseline", path).code == 0
    assert run("check", BAD, "--baseline", path).code == 1


@pytest.mark.parametrize("content", [None, "", "[]", '{"baseline": 9, "findings": []}', '{"baseline": 1}', "\xff"])
def test_what_is_no_baseline(run, tmp_path, content):
    """A file that is none is neither read nor overwritten."""
    path = tmp_path / "known.json"
    if content is not None:
        path.write_text(content, encoding="latin-1")
        assert run("check", BAD, "--write-baseline", path).code == 3
        assert path.read_text(encoding="latin-1") == content
    result = run("check", BAD, "--baseline", path)
    assert (result.code, result.out) == (3, "")
    assert "known.json" in result.err


def test_a_baseline_that_cannot_be_written(run, tmp_path):
    """The place is named."""
    result = run("check", BAD, "--write-baseline", tmp_path / "none" / "known.json")
    assert result.code == 3
    assert "写不了" in result.err


def test_explain(run):
    """Why, levels by reading, rewrites, both kinds of examples, source; by rule, check, part or kind; as JSON, too."""
    result = run("check", "--explain", "check.policy-recital")
    assert (result.code, result.err) == (0, "")
    for words in ("为什么", "轻重", "愤怒", "必须改", "不算", "一定报", "一定不报", "出处", "缓和"):
        assert words in result.out
    (by_check,) = run("check", "--explain", "check.calm-down", "--format", "json").objects
    (by_rule,) = run("check", "--explain", "calm-down", "--format", "json").objects
    assert by_check == by_rule
    assert by_rule["fires"] and by_rule["silent"] and by_rule["better"] and by_rule["source"] == "000 L555"
    assert [one["rule"] for one in run("check", "--explain", "part.option", "--format", "json").objects] == [
        "part.option"
    ]
    kinds = run("check", "--explain", "policy", "--format", "json").objects
    assert {one["kind"] for one in kinds} == {"policy"}
    unknown = run("check", "--explain", "nothing")
    assert (unknown.code, unknown.out) == (2, "")
    assert "没有“nothing”这条规则" in unknown.err
    assert "must fire" in run("check", "--explain", "calm-down", "--lang", "en").out


def test_explained_levels_are_those_of_the_checker(run):
    """For every rule, the first level that fits a state is the level it is found with."""
    book = playbook.shipped()
    for one in explain("policy", book, "zh"):
        for state in ("angry", "calm"):
            fitting = (level for level in one.levels if not level.states or state in level.states)
            expected = next(level.level for level in fitting if not level.temperaments)
            found = {found.rule: found.level for found in check_reply(one.fires[0], Reading.of(state=state))}
            assert found[one.rule] == expected


def test_self_test(run):
    """The shipped rules pass on all their examples."""
    result = run("check", "--self-test")
    assert (result.code, result.err) == (0, "")
    assert "例句通过" in result.out
    (counted,) = run("check", "--self-test", "--format", "json").objects
    assert counted["examples"] > 300
    assert counted["failed"] == []


OWN = """\
- id: check.own
  kind: command
  level: warning
  patterns: [咱这儿没这规矩]
  message: {zh: 像在赶人。, en: It sends people away.}
  better: [{zh: 我去问问能不能办。, en: Let me ask., source: ours}]
  fires: [咱这儿没这规矩]
  silent: [我去问问]
  source: ours
"""


def test_self_test_of_an_own_playbook(run, tmp_path):
    """Own rules are tried, too; what fails is named with its text, exit code 1."""
    path = tmp_path / "checks.yaml"
    path.write_text(OWN, encoding="utf-8")
    assert run("check", "--self-test", "--playbook", tmp_path).code == 0
    broken = OWN.replace("fires: [咱这儿没这规矩]", "fires: [没有的话]").replace("[我去问问]", "[咱这儿没这规矩吧]")
    path.write_text(broken, encoding="utf-8")
    result = run("check", "--self-test", "--playbook", tmp_path)
    assert result.code == 1
    for words in ("check.own 该报而没有报：没有的话", "check.own 不该报却报了：咱这儿没这规矩吧"):
        assert words in result.out
    (counted,) = run("check", "--self-test", "--playbook", tmp_path, "--format", "json").objects
    assert [one["expected"] for one in counted["failed"]] == ["found", "silent"]


def test_an_own_playbook_checks(run, tmp_path):
    """Own rules are found and explained; without them the reply is clean."""
    (tmp_path / "checks.yaml").write_text(OWN, encoding="utf-8")
    assert run("check", "咱这儿没这规矩。").code == 0
    result = run("check", "咱这儿没这规矩。", "--playbook", tmp_path)
    assert result.code == 1
    assert "check.own" in result.out
    assert "像在赶人" in run("check", "--explain", "check.own", "--playbook", tmp_path).out


@pytest.mark.parametrize("option", [("--self-test",), ("--explain", "calm-down")])
def test_formats_that_do_not_fit(run, option):
    """Annotations are for replies."""
    result = run("check", *option, "--format", "sarif")
    assert (result.code, result.out) == (2, "")
    assert "text 和 json" in result.err


def test_help_names_the_marks(run):
    """Whoever reads the help learns how to turn a rule off in a reply."""
    assert "temperament: off" in run("check", "--help").out
