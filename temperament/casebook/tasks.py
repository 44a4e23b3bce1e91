"""What is due in a case: tasks begin with a stage, end by themselves or are done, and repeat where the playbook says so."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from temperament.casebook.file import now
from temperament.casebook.results import Due, Task
from temperament.errors import UsageError
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.shapes import Task as Rule

_OPEN = "done = '' AND ended = ''"


class Tasks:
    """The tasks of all cases of an open file; whoever calls what writes holds the transaction."""

    def __init__(self, file: sqlite3.Connection, book: Playbook, language: Language) -> None:
        """Work by a playbook's tasks; names are in ``language``."""
        self.file, self.book, self.language = file, book, language

    def begin(self, record: str, stage: str, at: str) -> None:
        """Begin the tasks of a stage that a case has come to, but for those that are open already."""
        row = self.file.execute("SELECT grade, industry FROM records WHERE id = ?", (record,)).fetchone()
        held = {one["task"] for one in self._open(record)}
        for rule in self.book.tasks.values():
            fits = not rule.industries or row["industry"] in rule.industries
            if rule.stage == stage and fits and rule.id not in held:
                self._insert(record, rule, at, row["grade"])

    def end(self, record: str, at: str, over: Callable[[Rule], bool]) -> None:
        """End the open tasks that a rule says are over."""
        for row in self._open(record):
            rule = self.book.tasks.get(row["task"])
            if rule is None or over(rule):
                self.file.execute("UPDATE tasks SET ended = ? WHERE number = ?", (at, row["number"]))

    def grade_anew(self, record: str, grade: str) -> None:
        """Move what is due by a clock of the grade, counted from when it began."""
        for row in self._open(record):
            rule = self.book.tasks.get(row["task"])
            if rule is not None and rule.clock:
                due = _after(row["begun"], self._minutes(rule, grade))
                self.file.execute("UPDATE tasks SET due = ? WHERE number = ?", (due, row["number"]))

    def do(self, record: str, name: str, grade: str) -> None:
        """Note a task as done; one that repeats begins anew. Raises ``UsageError`` where none of that name is open."""
        rules, rows = self.book.tasks, self._open(record)
        row = next((one for one in rows if one["task"] in rules and name in _names(rules[one["task"]])), None)
        if row is None:
            allowed = "、".join(one["task"].partition(".")[2] for one in rows) or "–"
            raise UsageError(
                f"个案 {record} 没有“{name}”这件待办。待办的有：{allowed}。",
                f"Case {record} has no open task {name!r}. Open: {allowed}.",
            )
        at = now()
        self.file.execute("UPDATE tasks SET done = ? WHERE number = ?", (at, row["number"]))
        if rules[row["task"]].repeats:
            self._insert(record, rules[row["task"]], at, grade)

    def of(self, record: str) -> tuple[Task, ...]:
        """Return all tasks of a case by when they were or are due."""
        rows = self.file.execute("SELECT * FROM tasks WHERE record = ? ORDER BY due", (record,))
        return tuple(self._task(row) for row in rows)

    def due(self, within: timedelta | None = None) -> list[Due]:
        """Return the open tasks of all cases that are late or due within a time (``None``: all), the earliest first."""
        until = "9999" if within is None else (datetime.now(UTC) + within).isoformat(timespec="milliseconds")
        text = (
            "SELECT tasks.task, tasks.due, records.* FROM tasks JOIN records ON records.id = tasks.record "
            f"WHERE {_OPEN} AND tasks.due < ? ORDER BY tasks.due"
        )
        return [self._due(row) for row in self.file.execute(text, (until,)) if row["task"] in self.book.tasks]

    def _due(self, row: sqlite3.Row) -> Due:
        rule = self.book.tasks[row["task"]]
        late = (datetime.now(UTC) - datetime.fromisoformat(row["due"])).total_seconds() // 60
        name, do = rule.name.show(self.language), rule.do.show(self.language)
        about = (str(row[column]) for column in ("stage", "priority", "escalate", "text"))
        return Due(row["id"], rule.id, name, do, row["due"], int(late), *about)

    def _task(self, row: sqlite3.Row) -> Task:
        rule = self.book.tasks.get(row["task"])
        name, do = (rule.name.show(self.language), rule.do.show(self.language)) if rule else (row["task"], "")
        times = (row["begun"], row["due"], row["done"], row["ended"])
        return Task(row["task"], name, do, *times, rule.source if rule else "ours")

    def _open(self, record: str) -> list[sqlite3.Row]:
        return list(self.file.execute(f"SELECT * FROM tasks WHERE record = ? AND {_OPEN} ORDER BY due", (record,)))

    def _insert(self, record: str, rule: Rule, at: str, grade: str) -> None:
        values = (record, rule.id, at, _after(at, self._minutes(rule, grade)))
        self.file.execute("INSERT INTO tasks (record, task, begun, due) VALUES (?, ?, ?, ?)", values)

    def _minutes(self, rule: Rule, grade: str) -> int:
        found = self.book.grading.get(grade)
        return int(getattr(found, rule.clock)) if rule.clock and found is not None else rule.minutes


def _names(rule: Rule) -> set[str]:
    return {rule.id, rule.id.partition(".")[2], rule.name.zh, rule.name.en}


def _after(at: str, minutes: int) -> str:
    return (datetime.fromisoformat(at) + timedelta(minutes=minutes)).isoformat(timespec="milliseconds")
