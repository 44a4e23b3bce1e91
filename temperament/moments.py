"""Points in time as transcripts write them: 2024-05-01 10:22:03, 5月1日 下午3:05, 10:22, ISO 8601, Unix seconds."""

import re
from datetime import UTC, datetime, timedelta

_CLOCK = (
    r"(?:上午|下午|中午|晚上|凌晨|早上|[AaPp][Mm]\s?)?\s?\d{1,2}[:：]\d{2}(?:[:：]\d{2}(?:[.,]\d{1,6})?)?"
    r"(?:\s?[AaPp][Mm](?![a-zA-Z]))?"
)
_DAY = r"(?:\d{4}\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}日?"
_ZONE = r"(?:\s?(?:Z|[+-]\d{2}:?\d{2})(?![\d:]))?"
STAMP = rf"(?:{_DAY}[T\s,，]{{0,3}}(?:星期[一二三四五六日天]|周[一二三四五六日天])?\s{{0,2}}{_CLOCK}{_ZONE}|{_CLOCK})"
"""A regular expression for a point in time with a time of day."""
DAY = _DAY
_PARTS = re.compile(
    r"^(?:(?:(?P<year>\d{4})\s?[-/.年]\s?)?(?P<month>\d{1,2})\s?[-/.月]\s?(?P<day>\d{1,2})日?)?[t\s,，]*"
    r"(?:星期[一二三四五六日天]|周[一二三四五六日天])?\s*"
    r"(?:(?P<before>上午|下午|中午|晚上|凌晨|早上|am|pm)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d{1,6})?)?\s*(?P<after>am|pm)?)?\s*(?P<zone>z|[+-]\d{2}:?\d{2})?$"
)
_RANGE = re.compile(r"\s*(?:--?>|→|[~–—至])\s*|(?<=\d)\s*-\s*(?=\d{1,2}:\d{2}:\d{2})")
"""What stands between the beginning and the end of a turn; a single hyphen only before h:mm:ss, as it stands in days and zones."""
_UNIX = re.compile(r"^\d{10}(?:\d{3})?(?:\.\d+)?$")
_MILLISECONDS = 10**12
_LATER = {"下午", "晚上", "pm"}
NO_DAY = datetime(1, 1, 1)
"""The day of a time of day that stands without one."""


def moment(text: str) -> datetime | None:
    """Return the point in time a text names; ``None`` where it names none.

    A time of day alone is put on ``NO_DAY``, a day without a year into the year 1. Points with a zone are turned
    to UTC; all are returned without a zone, so that those of one transcript can be compared. Of a span of time
    (10:02:03–10:02:09, as call transcripts have it) the beginning counts.
    """
    return _moment(_RANGE.split(_bare(text), maxsplit=1)[0])


def ends_at(text: str) -> datetime | None:
    """Return the end of a span of time; ``None`` where a text names a point, or no span.

    An end without a day is on the day of the beginning, or on the next one where it would lie before it.

    >>> ends_at("2024-05-01 23:59:58 --> 00:00:03")
    datetime.datetime(2024, 5, 2, 0, 0, 3)
    """
    halves = _RANGE.split(_bare(text), maxsplit=1)
    first, last = _moment(halves[0]), _moment(halves[-1])
    if len(halves) == 1 or first is None or last is None:
        return None
    if last.date() == NO_DAY.date() and first.date() != NO_DAY.date():
        last = datetime.combine(first.date(), last.time())
    return last if last >= first else last + timedelta(days=1)


def _bare(text: str) -> str:
    return text.strip().lower().replace("：", ":")


def _moment(bare: str) -> datetime | None:
    if _UNIX.match(bare):
        number = float(bare)
        seconds = number / 1000 if number >= _MILLISECONDS else number
        try:
            return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
        except (ValueError, OverflowError, OSError):
            return None
    match = _PARTS.match(bare)
    if not bare or match is None or not (match["month"] or match["hour"]):
        return None
    try:
        return _made(match)
    except (ValueError, OverflowError):
        return None


def _made(match: re.Match[str]) -> datetime:
    year, month, day = (int(match[name] or 1) for name in ("year", "month", "day"))
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    half = match["before"] or match["after"]
    noon = 12
    if half in _LATER and hour < noon:
        hour += noon
    elif half in {"am", "凌晨"} and hour == noon:
        hour = 0
    return datetime(year, month, day, hour, minute, second) - _offset(match["zone"])


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "z":
        return timedelta()
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return timedelta(minutes=minutes if zone[0] == "+" else -minutes)


def moments(texts: list[str]) -> list[datetime | None]:
    """Return the points in time of a transcript's turns in their order.

    Times of day without a day run on past midnight: one that lies more than half a day before the one before it is of
    the next day. Raises nothing: what cannot be read is ``None``.
    """
    found: list[datetime | None] = []
    last: datetime | None = None
    for text in texts:
        one = moment(text)
        if one is not None and one.date() == NO_DAY.date() and last is not None:
            one = datetime.combine(last.date(), one.time())
            if last - one > timedelta(hours=12) and one.date() < datetime.max.date():
                one += timedelta(days=1)
        last = one or last
        found.append(one)
    return found
