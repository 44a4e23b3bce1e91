"""How far an answer's timing earns trust: (1 − time taken ÷ time promised) × 100 (manual 001, L13).

100 for an answer at once, 0 for one exactly on time, below zero for a late one.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from temperament.datasets import read_rows
from temperament.errors import InputError, UsageError

_UNITS = {
    "w": 10080, "周": 10080, "星期": 10080,
    "d": 1440, "day": 1440, "days": 1440, "天": 1440, "日": 1440,
    "h": 60, "hr": 60, "hrs": 60, "hour": 60, "hours": 60, "小时": 60, "钟头": 60, "时": 60,
    "m": 1, "min": 1, "mins": 1, "minute": 1, "minutes": 1, "分钟": 1, "分": 1,
    "s": 1 / 60, "sec": 1 / 60, "秒": 1 / 60, "秒钟": 1 / 60,
}  # fmt: skip
_DIGITS = {name: value for value, name in enumerate("零一二三四五六七八九")} | {"两": 2}
_PIECE = re.compile(
    r"(\d+(?:\.\d+)?|[零一二两三四五六七八九十]+|半)(个半|个)?([a-z]+|小时|钟头|星期|分钟?|秒钟?|[周天日时])(半)?"
)
_SPAN = re.compile(
    r"(?:(?:\d+(?:\.\d+)?|[零一二两三四五六七八九十]+)[-–—~到至])?(?P<count>\d+(?:\.\d+)?|[一二两三四五六七八九十]+|半)"
    r"(?P<unit>个?半?(?:工作日|工作天|小时|钟头|分钟|星期)|天|周(?!年)|个工作日)(?=之?内|以内|之前|前|后|左右|[^0-9])"
)
_COLUMNS = {
    "promised": ("promised", "承诺", "承诺时间", "承诺用时", "承诺回复时间"),
    "replied": ("replied", "回复", "回复时间", "回复用时", "实际", "实际用时"),
    "received": ("received", "受理时间", "收到时间"),
    "case": ("case", "id", "编号", "受理编号", "单号"),
}


@dataclass(frozen=True, slots=True)
class Trust:
    """A case's trust score: at most 100, 0 exactly on time, below 0 when late. Times are in minutes."""

    score: float
    promised: float
    replied: float
    case: str = ""

    @property
    def late(self) -> bool:
        """Whether the answer came after the promised time."""
        return self.replied > self.promised

    @property
    def left(self) -> float:
        """Minutes between the answer and the promised time; below 0 when it was late."""
        return self.promised - self.replied


@dataclass(frozen=True, slots=True)
class TrustReport:
    """The scores of many cases: how many were late, and the mean score (``None`` without cases)."""

    cases: tuple[Trust, ...]
    late: int
    mean: float | None


def trust(promised: str | float | timedelta, replied: str | float | timedelta, case: str = "") -> Trust:
    """Return the trust that an answer after ``replied`` earns where ``promised`` was given.

    Spans are texts (24h, 90m, 2d, 1h30m, 1天, 3小时, 半小时), minutes or timedeltas. Raises ``UsageError`` for a span that
    cannot be read, is negative, or for a promise of no time at all.

    >>> trust("24h", "3h").score
    87.5
    >>> trust("1天", "36小时").score
    -50.0
    """
    given, taken = minutes(promised), minutes(replied)
    if given <= 0:
        raise UsageError("承诺的时间要大于零。", "The promised time must be above zero.")
    return Trust(round((1 - taken / given) * 100, 2), given, taken, case)


def minutes(span: str | float | timedelta) -> float:
    """Return a span of time in minutes; see ``trust`` for what is understood. Raises ``UsageError``."""
    if isinstance(span, timedelta):
        value = span.total_seconds() / 60
    elif isinstance(span, str):
        value = _spoken(span)
    else:
        value = float(span)
    if not 0 <= value < float("inf"):
        raise _unclear(span)
    return value


def span_in(text: str) -> float | None:
    """Return the first span of time that a folded sentence names, in minutes; ``None`` where it names none.

    Of 3-5个工作日 the later end counts; a working day counts as a day, because the sentence does not say which days are.

    >>> span_in("我们会在48小时之内与您联系")
    2880.0
    """
    match = _SPAN.search(f"{text} ")
    if match is None:
        return None
    unit = match["unit"].replace("工作日", "天").replace("工作天", "天").replace("个天", "天")
    return minutes(f"{match['count']}{unit}")


def _spoken(text: str) -> float:
    """Read 24h, 1h30m, 1天2小时, 一个半小时, or a bare number of minutes."""
    bare = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text).lower())
    if re.fullmatch(r"\d+(\.\d+)?", bare):
        return float(bare)
    pieces = list(_PIECE.finditer(bare))
    if not pieces or "".join(piece.group() for piece in pieces) != bare:
        raise _unclear(text)
    return sum(_minutes_of(piece) for piece in pieces)


def _minutes_of(piece: re.Match[str]) -> float:
    number, more, unit, half = piece.groups()
    if unit not in _UNITS:
        raise _unclear(piece.group())
    return (counted(number) + (0.5 if half or more == "个半" else 0)) * _UNITS[unit]


def counted(number: str) -> float:
    """Return a number written in digits, or in characters up to 九十九; 半 is a half."""
    if number[0].isascii():
        return float(number)
    if number == "半":
        return 0.5
    tens, ten, ones = number.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


def report(cases: Iterable[Trust]) -> TrustReport:
    """Return scores with their mean and the number of late ones."""
    found = tuple(cases)
    mean = round(sum(one.score for one in found) / len(found), 2) if found else None
    return TrustReport(found, sum(one.late for one in found), mean)


def read_cases(path: Path) -> TrustReport:
    """Read a table of cases (CSV, TSV, XLSX, JSONL).

    Columns ``promised`` and ``replied`` (承诺, 回复) hold spans; or, with a column ``received`` (受理时间), points in
    time such as 2024-05-01 09:30. Raises ``InputError`` naming the row.
    """
    rows = read_rows(path)
    return report(_case(row, path, number) for number, row in enumerate(rows, 1))


def _case(row: Mapping[str, Any], path: Path, number: int) -> Trust:
    cells = {key: _cell(row, names) for key, names in _COLUMNS.items()}
    if not cells["promised"] or not cells["replied"]:
        raise InputError(
            f"{path} 第 {number} 条缺少承诺或回复的时间。要有两列：承诺（promised）、回复（replied）；现有：{'、'.join(row)}。",
            f"{path} row {number} lacks a time. Columns promised and replied are needed; there are: {', '.join(row)}.",
        )
    try:
        if cells["received"]:
            start = _moment(cells["received"])
            return trust(_moment(cells["promised"]) - start, _moment(cells["replied"]) - start, cells["case"])
        return trust(cells["promised"], cells["replied"], cells["case"])
    except UsageError as error:
        raise InputError(f"{path} 第 {number} 条：{error.zh}", f"{path} row {number}: {error.en}") from error


def _cell(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(value).strip() for key, value in row.items() if str(key).strip().lower() in names and value), "")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace("/", "-").replace("年", "-").replace("月", "-").replace("日", ""))
    except ValueError as error:
        raise _unclear(text) from error


def _unclear(span: object) -> UsageError:
    return UsageError(
        f"看不懂时长“{span}”。可以写：24h、90m、2d、1h30m、1天、3小时、半小时（只写数字按分钟算）。",
        f"The time {span!r} cannot be read. Write 24h, 90m, 2d, 1h30m, 1天 or 3小时 (a bare number means minutes).",
    )
