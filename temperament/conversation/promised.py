"""What agents promise, by when, and whether the conversation shows it kept: the playbook's pledges followed up."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from temperament.advice.cues import place_of, words_of
from temperament.conversation.results import Promise
from temperament.playbook import Playbook
from temperament.playbook.shapes import Pledge
from temperament.promises import Trust, counted, span_in, trust
from temperament.text import fold
from temperament.turns import Turn

_SENTENCE = re.compile(r"(?:[^。!?;\n.]|\.(?=[\da-z]))+")
_CLAUSE = re.compile(r"(?:[^。!?;,\n.]|\.(?=[\da-z]))+")
_NOT_YET = re.compile("会|将|请|等待|等候|稍后|如果|如您|若|正在|中了?$|明[天日]|后续|需要|以便|为了|加急|暂")
"""What tells of something that is still to come, or is asked for: no promise is kept by it."""
_OWN_DOING = re.compile("我(自己|把|重|清|删|卸|刷|换|试)|重启|自己")
"""What a customer says who has helped himself: that shows nothing about the promise."""
_DAYS = {"今天": 0, "今晚": 0, "今日": 0, "明天": 1, "明早": 1, "明日": 1, "后天": 2}
_A_BIT = re.compile(r"(?<![午上十])一点(?![前钟半整之以])")
"""一点 as "a little" (有一点延误、早一点), not as an hour."""
_HOUR = re.compile(
    r"(?P<half>上午|下午|晚上|晚|早上|早|中午)?(?P<hour>\d{1,2}|[一二两三四五六七八九十]{1,3})"
    r"(?:点(?P<more>半?)|:(?P<minute>[0-5]\d))"
)
_NOON = 12
_NIGHT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Followed:
    """A promise, and the trust its delivery earns where times show how long it took (at turn ``promise.shown_in``)."""

    promise: Promise
    trust: Trust | None


def promises_in(turn: Turn, number: int, time: datetime | None, book: Playbook) -> Iterator[Promise]:
    """Yield what one turn of the agent promises, one promise a sentence, with the span of time it names.

    The same words twice in a turn are one promise.
    """
    folded = fold(turn.text)
    seen: set[str] = set()
    for sentence in _SENTENCE.finditer(folded.text):
        for pledge in book.pledges.values():
            place = place_of(sentence.group(), pledge.cues, pledge.but)
            if place is None:
                continue
            begin = max(sentence.group().rfind(mark, 0, place[0]) for mark in ",:、 ") + 1
            rest = _CLAUSE.match(sentence.group(), place[1])
            start, end = folded.span(sentence.start() + begin, sentence.start() + (rest.end() if rest else place[1]))
            if turn.text[start:end] in seen:
                break
            seen.add(turn.text[start:end])
            within = span_in(sentence.group()) or _until(sentence.group()[: rest.end() if rest else place[1]], time)
            yield Promise(number, turn.text[start:end], within, None, pledge.id)
            break


def _until(sentence: str, time: datetime | None) -> float | None:
    """Return the minutes to a day that is named (今天、明天下午4点前); to its end where no hour is."""
    named = max(((sentence.rfind(name), days) for name, days in _DAYS.items() if name in sentence), default=None)
    if named is None or time is None:
        return None
    match = _HOUR.search(_A_BIT.sub("  ", sentence), named[0])
    try:
        begin = time.replace(hour=0, minute=0, second=0) + timedelta(days=named[1])
        due = begin + (_hour(match) if match else _NIGHT)
    except OverflowError:
        return None
    left = (due - time).total_seconds() / 60
    return left if left > 0 else None


def _hour(match: re.Match[str]) -> timedelta:
    """Return the time of day that is named; the end of the day for an hour that does not exist."""
    hour, half = counted(match["hour"]), match["half"]
    if hour > _NOON * 2 or (hour == _NOON and half in {"晚上", "晚"}):
        return _NIGHT
    afternoon = half in {"下午", "晚上", "晚"} or (half == "中午" and hour < _NOON / 2)
    later = _NOON if afternoon and hour < _NOON else 0
    return timedelta(hours=hour + later + (0.5 if match["more"] else 0), minutes=int(match["minute"] or 0))


def follow(
    promises: Sequence[Promise], turns: Sequence[Turn], times: Sequence[datetime | None], book: Playbook
) -> list[Followed]:
    """Return each promise with what the later turns show.

    The customer's words decide first: who says that nobody called was not called. A turn of the agent that delivers
    keeps the promise, unless it comes after the time that was given. What no turn shows stays open: a call is
    made outside the conversation.
    """
    folded = [fold(turn.text).text for turn in turns]
    return [_followed(one, book.pledges[one.kind], turns, folded, times) for one in promises]


def _followed(
    one: Promise, pledge: Pledge, turns: Sequence[Turn], folded: Sequence[str], times: Sequence[datetime | None]
) -> Followed:
    for at in range(one.turn, len(turns)):
        kept = _shown(pledge, turns[at], folded[at])
        if kept is None:
            continue
        taken = _taken(times[one.turn - 1], times[at]) if kept and turns[at].speaker == "agent" else None
        earned = trust(one.within, taken) if one.within is not None and taken is not None else None
        late = earned is not None and earned.late
        return Followed(replace(one, kept=kept and not late, shown_in=at + 1, taken=taken), earned)
    return Followed(one, None)


def _shown(pledge: Pledge, turn: Turn, text: str) -> bool | None:
    """Return whether a later turn shows a promise kept (``True``) or not (``False``); ``None`` where it shows nothing."""
    if turn.speaker == "agent":
        clauses = (one.group() for one in _CLAUSE.finditer(text))
        return True if any(words_of(one, pledge.kept) for one in clauses if not _NOT_YET.search(one)) else None
    if turn.speaker == "customer":
        if words_of(text, pledge.denied):
            return False
        return True if words_of(text, pledge.confirmed) and not _OWN_DOING.search(text) else None
    return None


def _taken(given: datetime | None, kept: datetime | None) -> float | None:
    if given is None or kept is None or kept < given:
        return None
    return round((kept - given).total_seconds() / 60, 2)


def earned_by_turn(followed: Iterable[Followed]) -> dict[int, Trust]:
    """Return the trust of the turns that delivered; of several promises delivered in one turn the lowest counts."""
    found: dict[int, Trust] = {}
    for one in followed:
        number = one.promise.shown_in
        if one.trust is not None and number is not None:
            known = found.get(number)
            found[number] = one.trust if known is None or one.trust.score < known.score else known
    return found
