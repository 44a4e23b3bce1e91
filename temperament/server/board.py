"""The board for team leads: what the stored cases of a day add up to, and the same as a workbook."""

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from temperament.datasets import cell_text
from temperament.labels import NAMES, STATES, TEMPERAMENTS
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.reply.explaining import explain

DAYS_BEFORE = 7
"""A complaint rises against this many days before."""
_LEAST = 2
_MOST = 20
Rows = Sequence[Mapping[str, Any]]


def bounds(day: date, zone: tzinfo | None) -> tuple[str, str, str]:
    """Return, as the store writes times, the beginning of the days before, that of the day, and its end."""
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    earlier = datetime.combine(day - timedelta(days=DAYS_BEFORE), time(), zone).astimezone(UTC)
    return tuple(one.isoformat(timespec="milliseconds") for one in (earlier, start, end))  # type: ignore[return-value]


def board(cases: Rows, waiting: Rows, day: date, since: str, language: Language, book: Playbook) -> dict[str, Any]:
    """Return the board of a day.

    ``cases`` are those of the day (from ``since`` on) and of the days before, ``waiting`` all that still have to be
    taken up, however old.
    """
    today = [one for one in cases if one["time"] >= since]
    before = [one for one in cases if one["time"] < since]
    return {
        "day": day.isoformat(),
        "cases": len(today),
        "states": _counted((one["state"] for one in today), STATES, language),
        "temperaments": _counted((one["temperament"] for one in today), TEMPERAMENTS, language),
        "rising": _rising(today, before, language, book),
        "findings": _findings(today, language, book),
        "agents": _agents(today),
        "waiting": [_waiting(one, language, book) for one in _by_rank(waiting)],
    }


def _counted(labels: Iterable[str], known: Sequence[str], language: Language) -> list[dict[str, Any]]:
    counted = Counter(labels)
    return [{"label": one, "name": NAMES[one].show(language), "cases": counted[one]} for one in known]


def _rising(today: Rows, before: Rows, language: Language, book: Playbook) -> list[dict[str, Any]]:
    """Return causes and signals that come up today more often than on a mean day before, the steepest first."""
    now, earlier = Counter(_topics(today)), Counter(_topics(before))
    found: list[dict[str, Any]] = [
        {
            "id": topic,
            "name": _name(topic, language, book),
            "today": count,
            "usual": round(earlier[topic] / DAYS_BEFORE, 2),
        }
        for topic, count in now.items()
        if count >= _LEAST and count > earlier[topic] / DAYS_BEFORE
    ]
    return sorted(found, key=_steepness)[:_MOST]


def _steepness(one: dict[str, Any]) -> tuple[float, str]:
    return one["usual"] - one["today"], one["id"]


def _topics(cases: Rows) -> Iterable[str]:
    for one in cases:
        yield from one["signals"]
        if one["cause"]:
            yield one["cause"]


def _name(topic: str, language: Language, book: Playbook) -> str:
    """Return what an id of the playbook is called; the id itself where the playbook no longer has it."""
    if topic in book.signals:
        return book.signals[topic].name.show(language)
    return book.causes[topic].cause.show(language) if topic in book.causes else topic


def _findings(today: Rows, language: Language, book: Playbook) -> list[dict[str, Any]]:
    """Return what agents said that should be said otherwise, by rule, with one example each."""
    counted: Counter[tuple[str, str]] = Counter()
    example: dict[str, str] = {}
    agents: dict[str, set[str]] = {}
    for one in today:
        for said in one["findings"]:
            counted[said["rule"], said["level"]] += 1
            example.setdefault(said["rule"], said["text"])
            agents.setdefault(said["rule"], set()).add(one["agent"])
    messages = {rule: one.message for rule, _ in counted for one in explain(rule, book, language)[:1]}
    return [
        {
            "rule": rule,
            "level": level,
            "message": messages.get(rule, ""),
            "count": count,
            "example": example[rule],
            "agents": sorted(agents[rule] - {""}),
        }
        for (rule, level), count in counted.most_common(_MOST)
    ]


def _agents(today: Rows) -> list[dict[str, Any]]:
    names = Counter(one["agent"] for one in today)
    found = Counter(one["agent"] for one in today for said in one["findings"] if said["level"] != "suggestion")
    waiting = Counter(one["agent"] for one in today if one["escalate"] and not one["handled"])
    return [
        {"agent": name, "cases": count, "findings": found[name], "waiting": waiting[name]}
        for name, count in names.most_common(_MOST)
    ]


def _by_rank(cases: Rows) -> list[Mapping[str, Any]]:
    ranks = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
    return sorted(cases, key=lambda one: (ranks.get(one["rank"], len(ranks)), one["began"]))


def _waiting(one: Mapping[str, Any], language: Language, book: Playbook) -> dict[str, Any]:
    plain = ("id", "began", "time", "channel", "agent", "text", "state", "temperament", "rank")
    signals = [{"id": name, "name": _name(name, language, book)} for name in one["signals"]]
    return {name: one[name] for name in plain} | {"signals": signals}


def workbook(board: Mapping[str, Any], cases: Rows, language: Language) -> bytes:
    """Return the board and the day's cases as an Excel workbook, a sheet a table; no cell is ever a formula."""
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in _sheets(board, cases, language):
        sheet = book.create_sheet(title)
        heads = list(rows[0]) if rows else []
        sheet.append(heads)
        for row in rows:
            sheet.append([_cell(row[head]) for head in heads])
        for cell in next(sheet.iter_rows(), ()):
            cell.font = Font(bold=True)
        for column in sheet.iter_rows():
            for cell in column:
                cell.data_type = "s" if isinstance(cell.value, str) and cell.value else cell.data_type
        sheet.freeze_panes = "A2"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _sheets(board: Mapping[str, Any], cases: Rows, language: Language) -> list[tuple[str, Rows]]:
    titles = {
        "states": ("情绪", "States"),
        "temperaments": ("气质", "Temperaments"),
        "rising": ("上升的投诉", "Rising"),
        "findings": ("客服用语", "Findings"),
        "agents": ("客服", "Agents"),
        "waiting": ("待上级处理", "Waiting"),
        "due": ("到期要办", "Due"),
    }
    place = language == "en"
    return [*((title[place], board[name]) for name, title in titles.items()), (("个案", "Cases")[place], cases)]


def _cell(value: object) -> str | int | float:
    if isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else "、".join(map(_label, value if isinstance(value, list) else [value]))
    return cell_text(text)


def _label(value: object) -> str:
    return str(value.get("name") or value.get("text") or value.get("rule")) if isinstance(value, dict) else str(value)
