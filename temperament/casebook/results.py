"""What the casebook answers with: plain frozen values that can be written as JSON. Times are ISO 8601 in UTC."""

from dataclasses import dataclass, field

from temperament.labels import Reading


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a case is opened with.

    ``customer`` is the firm's own id of a customer (a phone number will do): only its salted hash is kept. ``fields`` are
    those of the forms, by key; personal ones are noted as taken, not kept.
    """

    reading: Reading
    customer: str = ""
    channel: str | None = None
    industry: str | None = None
    impact: str | None = None
    agent: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a case's history: when, in which stage, who, what; ``skipped`` says what was passed over, and why."""

    time: str
    stage: str
    agent: str
    note: str
    skipped: str


@dataclass(frozen=True, slots=True)
class Task:
    """Something due: ``entry`` is the playbook's id, ``done`` when it was done, ``ended`` when nothing was left to do."""

    entry: str
    name: str
    do: str
    begun: str
    due: str
    done: str
    ended: str
    source: str

    @property
    def open(self) -> bool:
        """Whether it still has to be done."""
        return not self.done and not self.ended


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to be there before a case leaves its stage: a field of a form, or a task; and how to ask for it."""

    key: str
    name: str
    kind: str
    ask: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier case of the same customer."""

    id: str
    opened: str
    stage: str
    text: str
    result: str


@dataclass(frozen=True, slots=True)
class Record:
    """One case. ``stage`` is one of the procedure's or ``closed``; ``wanted`` what it lacks to go on.

    ``text`` and ``fields`` are masked; ``customer`` is a salted hash. ``topics``, ``signals`` and ``causes`` are ids of
    the playbook, ``grade`` is the entry whose clocks count, ``escalate`` the id of who has to take over (empty: nobody).
    """

    id: str
    opened: str
    customer: str
    channel: str
    industry: str
    text: str
    state: str
    temperament: str
    grade: str
    priority: str
    escalate: str
    topics: tuple[str, ...]
    signals: tuple[str, ...]
    causes: tuple[str, ...]
    stage: str
    fields: dict[str, str]
    closed: str
    steps: tuple[Step, ...] = ()
    tasks: tuple[Task, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """An open task of a case; ``late`` in minutes, below zero while there is time."""

    record: str
    entry: str
    name: str
    do: str
    due: str
    late: int
    stage: str
    priority: str
    escalate: str
    text: str
