"""Every pattern of the reply checker, and every cue of a signal, move, cause or part, has a text of its own."""

import re
from functools import cache

import pytest
from msgspec import structs

from temperament import playbook
from temperament.playbook.expressions import expand
from temperament.reply.meaning import meant, quotations
from temperament.reply.views import Spellings
from temperament.text import fold

BOOK = playbook.shipped()
VIEWS = Spellings(BOOK.spellings.values())
CHECKS = list(BOOK.checks.values())
CUED = [entry for kind in ("signals", "moves", "causes", "pledges") for entry in getattr(BOOK, kind).values()]
compiled = cache(re.compile)


def spans(expressions, text):
    """The places that any of these expressions matches."""
    return [match.span() for one in expressions for match in compiled(expand(one)).finditer(text)]


def fires_through(check, pattern, reply):
    """Whether a reply is told of through this one pattern: matched, meant, and no exception overlaps."""
    view = VIEWS.view(reply)
    text = (view.text, view.folded.text)[check.raw]
    places = [(start, end) for start, end in spans([pattern], text) if start < end]
    if not places:
        return False
    quoted, excepted = quotations(view.text), spans(check.but, text)
    return any(
        meant(check, text, start, end, quoted) and not any(first < end and start < last for first, last in excepted)
        for start, end in places
    )


def untested(check):
    """The patterns of a check through which none of its own texts fires."""
    return [one for one in check.patterns if not any(fires_through(check, one, text) for text in check.fires)]


def words(check):
    """The words of two characters or more in a check's patterns, classes of characters aside; the signs if none."""
    bare = [re.sub(r"\[[^\]]*\]", "|", one.replace("[?]", "?")) for one in check.patterns]
    found = {word for one in bare for word in re.findall("[一-龥]{2,}|(?<=[a-z])[*x_]", one)}
    return found or {"?"}


def near_misses(check):
    """A check's silent texts that hold one of its words and yet nothing of it."""
    texts = [text for text in check.silent if any(word in VIEWS.view(text).text for word in words(check))]
    if check.alone:  # what it says is found but not alone: temperament check --self-test looks at that
        return texts
    return [text for text in texts if not any(fires_through(check, one, text) for one in check.patterns)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda one: one.id)
def test_every_pattern_has_its_own_text(check):
    """A sister pattern may break without notice; not so one that has a text of its own."""
    assert untested(check) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda one: one.id)
def test_every_check_has_a_near_miss(check):
    """One acceptable reply at least holds a word that the patterns look for."""
    assert near_misses(check)


def test_the_audit_can_fail():
    """A pattern that only a sister's text fits, that is always excepted or never meant, is found out."""
    check = BOOK.checks["check.calm-down"]
    assert untested(structs.replace(check, patterns=(*check.patterns, "别的词"))) == ["别的词"]
    assert untested(structs.replace(check, but=(*check.but, "冷静"))) == list(check.patterns[:2])
    assert untested(structs.replace(check, patterns=("冷静",), fires=("不是让您冷静",))) == ["冷静"]
    assert not near_misses(structs.replace(check, silent=("好的，我记下了", "请您冷静一下")))
    assert sum(len(one.patterns) for one in CHECKS) > 600


def lonely(cues, texts, written=str):
    """The cues that match none of these texts."""
    folded = [fold(text).text for text in texts]
    return [one for one in cues if not any(compiled(written(one)).search(text) for text in folded)]


@pytest.mark.parametrize("entry", CUED, ids=lambda one: one.id)
def test_every_cue_has_its_own_text(entry):
    """Signals, moves, causes and pledges are read off cues; each of them is seen at work."""
    assert lonely(entry.cues, entry.fires) == []


@pytest.mark.parametrize("part", BOOK.parts.values(), ids=lambda one: one.id)
def test_every_cue_of_a_part_has_its_own_text(part):
    """Parts of a good reply are shown by cues; each of them shows one."""
    assert lonely(part.cues, part.shows, expand) == []


def test_a_cue_without_a_text_is_found_out():
    """The audit of cues can fail, too."""
    assert lonely(("冷静", "安静"), ["請冷靜"]) == ["安静"]
