"""Cases from receipt to review, each with its history, its forms and what is due, over one open SQLite file.

The stages, forms, tasks and clocks are the playbook's. A case goes on when its stage is whole: required fields filled,
tasks done; whoever passes over that says why, and the history keeps it. Personal data is masked on the way in.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import get_args

import msgspec

from temperament.advice import recommend
from temperament.advice.cues import place_of
from temperament.casebook import filling
from temperament.casebook.file import customer_key, now, salt_of
from temperament.casebook.results import Earlier, NewCase, Record, Step, Task, Wanted
from temperament.casebook.tasks import Tasks
from temperament.errors import InputError, UsageError
from temperament.language import Language, default_language
from temperament.masking import Masker
from temperament.playbook import Playbook
from temperament.playbook.shapes import Stage
from temperament.text import fold
from temperament.topics import Tagger

CLOSED = "closed"
STAGES: tuple[str, ...] = (*get_args(Stage), CLOSED)
_LISTS = ("topics", "signals", "causes")
_COLUMNS = (
    "id", "opened", "customer", "channel", "industry", "text", "state", "temperament", "grade", "priority", "escalate",
    "topics", "signals", "causes", "stage", "fields", "closed",
)  # fmt: skip
_LONGEST_RESULT = 60


class Casebook:
    """The cases of one file. Every call is one transaction; use it from the thread that holds the connection."""

    def __init__(
        self, file: sqlite3.Connection, masker: Masker, book: Playbook, language: Language | None = None
    ) -> None:
        """Work on an open file with a playbook; names are in ``language``."""
        self.file, self.masker, self.book = file, masker, book
        self.language = language or default_language()
        self.tasks = Tasks(file, book, self.language)
        self._salt = salt_of(file)

    def open_case(self, new: NewCase) -> Record:
        """Open a case, graded by the advice for its reading; raises ``UsageError`` for an unknown name or field."""
        advice = recommend(
            new.reading, new.channel, industry=new.industry, impact=new.impact, language=self.language, book=self.book
        )
        industry = advice.industry or ""
        given = {"impact": advice.clocks.impact, "urgency": advice.clocks.urgency, "received-at": "now"}
        given |= {"channel": advice.channel or "", "handler": new.agent}
        topics = Tagger(self.book, self.language).topics(new.reading.text)
        if topics:
            given["topic"] = "、".join(one.name for one in topics)
        told = filling.told(new.reading.text, industry, self.book, self.masker)
        fields = told | filling.named(
            {**{key: value for key, value in given.items() if value}, **new.fields}, industry, self.book
        )
        at = now()
        row = {
            "opened": at,
            "customer": customer_key(new.customer, self._salt),
            "channel": advice.channel or "",
            "industry": industry,
            "text": self.masker.mask(new.reading.text).text,
            "state": advice.state,
            "temperament": advice.temperament,
            "grade": advice.clocks.entry,
            "priority": advice.priority,
            "escalate": advice.escalate.to,
            "topics": _packed([one.entry for one in topics]),
            "signals": _packed(list(advice.escalate.signals)),
            "causes": _packed(self._causes(new.reading.text)),
            "stage": STAGES[0],
            "fields": _packed(filling.kept(fields, industry, self.book, self.masker)),
            "closed": "",
        }
        with self.file:
            self.file.execute("BEGIN IMMEDIATE")
            row["id"] = self._free_id()
            self.file.execute(f"INSERT INTO records VALUES ({', '.join(f':{one}' for one in _COLUMNS)})", row)
            self._write_step(row["id"], at, STAGES[0], new.agent)
            self.tasks.begin(row["id"], STAGES[0], at)
        return self.record(row["id"])

    def _causes(self, text: str) -> list[str]:
        folded = fold(text).text
        return [one.id for one in self.book.causes.values() if one.cues and place_of(folded, one.cues, one.but)]

    def _free_id(self) -> str:
        """Return the day and the first number that is free on it, 261122-1."""
        day = f"{datetime.now().astimezone():%y%m%d}-"
        taken = [row["id"] for row in self.file.execute("SELECT id FROM records WHERE id LIKE ?", (f"{day}%",))]
        return f"{day}{max((int(one.rpartition('-')[2]) for one in taken), default=0) + 1}"

    def record(self, identifier: str) -> Record:
        """Return a case whole; raises ``InputError`` where there is none."""
        found = self.file.execute("SELECT * FROM records WHERE id = ?", (identifier,)).fetchone()
        if found is None:
            raise InputError(
                f"没有编号为“{identifier}”的个案。用 temperament case list 看全部。",
                f"There is no case {identifier!r}. See all with: temperament case list.",
            )
        one = self._bare(found)
        tasks = tuple(self.tasks.of(identifier))
        return replace(
            one,
            steps=tuple(self._steps(identifier)),
            tasks=tasks,
            wanted=tuple(self._wanted(one, tasks)),
            earlier=tuple(self._earlier(one)),
        )

    def records(self) -> list[Record]:
        """Return all cases, the latest first, without their histories."""
        return [self._bare(row) for row in self.file.execute("SELECT * FROM records ORDER BY opened DESC")]

    def of_customer(self, customer: str) -> list[Record]:
        """Return the cases of a customer, by the firm's own id, the latest first."""
        key = customer_key(customer, self._salt)
        found = self.file.execute(
            "SELECT * FROM records WHERE customer = ? AND customer != '' ORDER BY opened DESC", (key,)
        )
        return [self._bare(row) for row in found]

    def note(
        self,
        identifier: str,
        note: str = "",
        *,
        agent: str = "",
        fields: Mapping[str, str] | None = None,
        done: tuple[str, ...] = (),
    ) -> Record:
        """Write something into a case without moving it: a note, fields, tasks done. Raises ``InputError``, ``UsageError``."""
        with self.file:
            self.file.execute("BEGIN IMMEDIATE")
            one = self._keep(self.record(identifier), fields or {}, done)
            self._write_step(identifier, now(), one.stage, agent, note)
        return self.record(identifier)

    def move(
        self,
        identifier: str,
        to: str | None = None,
        note: str = "",
        *,
        agent: str = "",
        fields: Mapping[str, str] | None = None,
        done: tuple[str, ...] = (),
        anyway: str = "",
    ) -> Record:
        """Move a case to the next stage, or back to an earlier one, with what is new about it.

        What the stage still wants is refused, unless ``anyway`` says why; then the history keeps both. Raises
        ``InputError``, and ``UsageError`` for a stage that is not the next one nor an earlier one.
        """
        with self.file:
            self.file.execute("BEGIN IMMEDIATE")
            one = self._keep(self.record(identifier), fields or {}, done)
            target = self._target(one, to)
            ahead = STAGES.index(target) > STAGES.index(one.stage)
            lacking = list(self._wanted(one, tuple(self.tasks.of(identifier)))) if ahead else []
            if lacking and not anyway:
                raise _unfinished(one, lacking)
            skipped = f"{anyway}（{'、'.join(each.name for each in lacking)}）" if lacking else ""
            self._arrive(one, target, agent, note, skipped)
        return self.record(identifier)

    def _arrive(self, one: Record, target: str, agent: str, note: str, skipped: str) -> None:
        at = now()
        closed = at if target == CLOSED else ""
        self.file.execute("UPDATE records SET stage = ?, closed = ? WHERE id = ?", (target, closed, one.id))
        self._write_step(one.id, at, target, agent, note, skipped)
        places = {name: place for place, name in enumerate(STAGES)}
        self.tasks.end(
            one.id, at, lambda rule: target == CLOSED or places.get(rule.until, len(STAGES)) <= places[target]
        )
        self.tasks.begin(one.id, target, at)

    def _target(self, one: Record, to: str | None) -> str:
        place = STAGES.index(one.stage)
        following = STAGES[min(place + 1, len(STAGES) - 1)]
        if to is None and one.stage != CLOSED:
            return following
        wanted = self.stage_named(to) if to is not None else ""
        allowed = [*STAGES[:place], *([following] if one.stage != CLOSED else [])]
        if wanted in allowed:
            return wanted
        names = ", ".join(allowed)
        raise UsageError(
            f"个案 {one.id} 现在在“{self.stage_name(one.stage)}”，不能到“{to or '下一步'}”。可以到：{names}。",
            f"Case {one.id} is at {one.stage} and cannot go to {to or 'a next stage'}. It can go to: {names}.",
        )

    def stage_named(self, name: str) -> str:
        """Return a stage by its label or its name; what is unknown stays as it is."""
        for rule in self.book.procedure.values():
            if name.strip().lower() in {rule.stage, rule.name.zh, rule.name.en.lower()}:
                return rule.stage
        return CLOSED if name in {CLOSED, "close", "结案"} else name

    def stage_name(self, stage: str) -> str:
        """Return what a stage is called."""
        rule = next((one for one in self.book.procedure.values() if one.stage == stage), None)
        return rule.name.show(self.language) if rule else {"zh": "已结案", "en": "closed"}[self.language]

    def _keep(self, one: Record, given: Mapping[str, str], done: tuple[str, ...]) -> Record:
        """Write fields and tasks done; a changed grade moves what is due."""
        new = filling.kept(filling.named(given, one.industry, self.book), one.industry, self.book, self.masker)
        fields = {key: value for key, value in {**one.fields, **new}.items() if value}
        grade = filling.grade_of(fields, self.book.grading.values())
        text = "UPDATE records SET fields = ?, grade = ?, priority = ? WHERE id = ?"
        entry, priority = (grade.id, grade.priority) if grade else (one.grade, one.priority)
        self.file.execute(text, (_packed(fields), entry, priority, one.id))
        changed = replace(one, fields=fields, grade=entry, priority=priority)
        if entry != one.grade:
            self.tasks.grade_anew(one.id, entry)
        for name in done:
            self.tasks.do(one.id, name, entry)
        return changed

    def _steps(self, identifier: str) -> list[Step]:
        rows = self.file.execute("SELECT * FROM steps WHERE record = ? ORDER BY number", (identifier,))
        return [Step(row["time"], row["stage"], row["agent"], row["note"], row["skipped"]) for row in rows]

    def _write_step(self, identifier: str, at: str, stage: str, agent: str, note: str = "", skipped: str = "") -> None:
        masked = (self.masker.mask(one).text for one in (agent, note, skipped))
        text = "INSERT INTO steps (record, time, stage, agent, note, skipped) VALUES (?, ?, ?, ?, ?, ?)"
        self.file.execute(text, (identifier, at, stage, *masked))

    def _wanted(self, one: Record, tasks: tuple[Task, ...]) -> list[Wanted]:
        """Return what a case lacks to leave its stage: fields of its forms, and tasks that nothing else ends."""
        if one.stage == CLOSED:
            return []
        fields = filling.wanted(one.stage, one.industry, one.fields, self.book, self.language)
        own = [task for task in tasks if task.open and task.entry in self.book.tasks]
        rules = [(task, self.book.tasks[task.entry]) for task in own]
        left = [task for task, rule in rules if rule.stage == one.stage and not rule.until]
        return [*fields, *(Wanted(task.entry.partition(".")[2], task.name, "task", task.do) for task in left)]

    def _earlier(self, one: Record) -> list[Earlier]:
        text = "SELECT * FROM records WHERE customer = ? AND customer != '' AND opened < ? ORDER BY opened DESC"
        rows = [self._bare(row) for row in self.file.execute(text, (one.customer, one.opened))]
        return [
            Earlier(row.id, row.opened, row.stage, row.text, row.fields.get("result", "")[:_LONGEST_RESULT])
            for row in rows
        ]

    def _bare(self, row: sqlite3.Row) -> Record:
        values = dict(row)
        lists = {name: tuple(msgspec.json.decode(values[name])) for name in _LISTS}
        return Record(**values | lists | {"fields": msgspec.json.decode(values["fields"])})


def _unfinished(one: Record, lacking: list[Wanted]) -> InputError:
    zh = "；".join(f"{each.key}（{each.name}）" for each in lacking)
    en = "; ".join(f"{each.key} ({each.name})" for each in lacking)
    return InputError(
        f"个案 {one.id} 这一步还没完：{zh}。用 --field 名称=内容 填上，待办用 --done；确实要跳过，用 --anyway 写明为什么。",
        f"Case {one.id} is not done with this stage: {en}. Fill in with --field name=value, tasks with --done; "
        "to pass over it, say why with --anyway.",
    )


def _packed(value: object) -> str:
    return msgspec.json.encode(value).decode()
