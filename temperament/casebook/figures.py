"""Many cases together: common topics and causes, time in each stage, what came late, and how it ended."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from temperament.casebook.results import Record, Task
from temperament.playbook import Playbook
from temperament.promises import trust

_REPLY = "task.reply"
_HOUR = 3600
_MOST = 10


@dataclass(frozen=True, slots=True)
class Counted:
    """How many cases have something: its id or word, and its name."""

    entry: str
    name: str
    cases: int


@dataclass(frozen=True, slots=True)
class StageFigure:
    """A stage: cases that are in it now, and the mean hours that cases have spent in it (``None``: none has left it)."""

    stage: str
    now: int
    hours: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the cases of a file add up to.

    ``late`` counts tasks that were done or ended after they were due, or are overdue, of ``tasks``. ``trust`` is the mean
    of the trust formula (manual 001) over first replies that were noted as done. ``skipped`` counts steps that were
    taken although something was wanting. ``problems_closed`` have that date, ``complaints_closed`` the customer's word too.
    """

    cases: int
    closed: int
    again: int
    problems_closed: int
    complaints_closed: int
    tasks: int
    late: int
    trust: float | None
    skipped: int
    stages: tuple[StageFigure, ...]
    topics: tuple[Counted, ...]
    causes: tuple[Counted, ...]
    sides: tuple[Counted, ...]
    departments: tuple[Counted, ...]
    satisfaction: tuple[Counted, ...]


def figures(records: Sequence[Record], book: Playbook, language: str, stages: Sequence[str]) -> Figures:
    """Return the figures of whole cases (with their histories)."""
    tasks = [task for one in records for task in one.tasks]
    zh = language == "zh"
    topics = {one.id: one.name.zh if zh else one.name.en for one in book.topics.values()}
    causes = {one.id: one.cause.zh if zh else one.cause.en for one in book.causes.values()}
    return Figures(
        cases=len(records),
        closed=sum(bool(one.closed) for one in records),
        again=sum(bool(one.earlier) for one in records),
        problems_closed=_filled(records, "problem-closed"),
        complaints_closed=_filled(records, "complaint-closed"),
        tasks=len(tasks),
        late=sum(map(_late, tasks)),
        trust=_trust(tasks),
        skipped=sum(bool(step.skipped) for one in records for step in one.steps),
        stages=tuple(_stages(records, stages)),
        topics=_counted((topic for one in records for topic in one.topics), topics),
        causes=_counted((cause for one in records for cause in one.causes), causes),
        sides=_counted(one.fields.get("cause-side", "") for one in records),
        departments=_counted(one.fields.get("feedback", "") for one in records),
        satisfaction=_counted(one.fields.get("satisfaction", "") for one in records),
    )


def _filled(records: Iterable[Record], field: str) -> int:
    return sum(bool(one.fields.get(field)) for one in records)


def _late(task: Task) -> bool:
    over = task.done or task.ended or datetime.now().astimezone().isoformat()
    return datetime.fromisoformat(over) > datetime.fromisoformat(task.due)


def _trust(tasks: Iterable[Task]) -> float | None:
    """Return the mean trust of first replies: the promise is the clock of the grade, counted from when the case began."""
    scores = []
    for task in tasks:
        if task.entry == _REPLY and task.done:
            begun, due, done = map(datetime.fromisoformat, (task.begun, task.due, task.done))
            scores.append(trust(due - begun, done - begun).score)
    return round(sum(scores) / len(scores), 1) if scores else None


def _stages(records: Sequence[Record], stages: Sequence[str]) -> list[StageFigure]:
    spent: dict[str, list[float]] = defaultdict(list)
    for one in records:
        moves = [step for place, step in enumerate(one.steps) if not place or step.stage != one.steps[place - 1].stage]
        for before, after in zip(moves, moves[1:], strict=False):
            took = datetime.fromisoformat(after.time) - datetime.fromisoformat(before.time)
            spent[before.stage].append(took.total_seconds() / _HOUR)
    present = Counter(one.stage for one in records)
    means = {stage: round(sum(hours) / len(hours), 1) for stage, hours in spent.items()}
    return [StageFigure(stage, present[stage], means.get(stage)) for stage in stages]


def _counted(values: Iterable[str], names: dict[str, str] | None = None) -> tuple[Counted, ...]:
    counted = Counter(filter(None, values))
    return tuple(Counted(value, (names or {}).get(value, value), count) for value, count in counted.most_common(_MOST))
