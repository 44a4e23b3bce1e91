"""Stored cases for the terminal: one case, lists, what is due, figures."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from temperament.casebook import CLOSED, Due, Record, Step, Task
from temperament.casebook.exporting import local
from temperament.casebook.figures import Counted, Figures
from temperament.casebook.library import Like
from temperament.labels import NAMES
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.render.case_words import long, word
from temperament.render.words import STYLES, printable
from temperament.render.words import word as common

_LONGEST = 40
_SHORT_HASH = 8
_SHOWN_ABOVE = "content"


def stage_name(stage: str, book: Playbook, language: Language) -> str:
    """Return what a stage is called."""
    found = next((one for one in book.procedure.values() if one.stage == stage), None)
    return found.name.show(language) if found else word("closed_cases", language)


def record_card(one: Record, book: Playbook, language: Language) -> RenderableType:
    """Return a case whole: where it stands, what it lacks, what is due, its forms, its history, earlier cases."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(word("text", language), Text(printable(one.text)))
    table.add_row("", _facts(one, book, language))
    _rows(table, word("earlier", language), _earlier(one, book, language))
    _rows(table, word("tasks", language), [_task(task, language) for task in one.tasks])
    if one.stage != CLOSED:
        lacking = [Text.assemble(each.name, (f"  {each.key}", "dim")) for each in one.wanted]
        _rows(table, word("wanted", language), lacking or [Text(word("nothing_wanted", language), "green")])
    for form in book.forms.values():
        filled = [field for field in form.fields if one.fields.get(field.key) and field.key != _SHOWN_ABOVE]
        lines = [_field(field.name.show(language), _shown(field.key, one, book, language)) for field in filled]
        _rows(table, form.name.show(language), lines)
    _rows(table, word("history", language), [_step(step, book, language) for step in one.steps])
    return Panel(Group(_procedure(one, book, language), Text(), table), title=Text(one.id), box=box.ROUNDED)


def _procedure(one: Record, book: Playbook, language: Language) -> Text:
    line, reached = Text("  "), False
    for rule in book.procedure.values():
        reached = reached or rule.stage == one.stage
        mark = "▶" if rule.stage == one.stage else " " if reached else "✓"
        line.append(f" {mark} {rule.name.show(language)} ", "bold reverse" if rule.stage == one.stage else "dim")
    return line.append(f" ✓ {word('closed_cases', language)} ", "bold reverse") if one.closed else line


def _facts(one: Record, book: Playbook, language: Language) -> Text:
    priority = common(f"{one.priority}_priority", language)
    facts = [
        local(one.opened),
        NAMES[one.state].show(language),
        f"{common('priority', language)} {priority}",
        *(book.topics[name].name.show(language) for name in one.topics if name in book.topics),
    ]
    if one.customer:
        facts.append(f"{word('customer', language)} {one.customer[:_SHORT_HASH]}…")
    line = Text(" · ".join(facts), STYLES.get(one.state, ""))
    if one.escalate in book.authority:
        line.append(f"\n⚑ {word('escalate', language)} {book.authority[one.escalate].name.show(language)}", "bold red")
    return line


def _earlier(one: Record, book: Playbook, language: Language) -> list[Text]:
    found = [
        Text(
            f"{each.id}  {local(each.opened)}  {stage_name(each.stage, book, language)}  {printable(each.text)[:_LONGEST]}"
        )
        for each in one.earlier
    ]
    return [*found, Text.assemble((word("greet", language), "green"), ("  [000 L393]", "dim"))] if found else []


def _task(task: Task, language: Language) -> Text:
    if task.done or task.ended:
        when = local(task.done or task.ended)
        return Text(f"✓ {task.name}  {word('done' if task.done else 'ended', language)} {when}", "dim")
    return Text.assemble(f"○ {task.name}  ", (local(task.due), "yellow"), (f"  {task.do}", "dim"))


def _shown(key: str, one: Record, book: Playbook, language: Language) -> str:
    """Return the value of a field; labels by their names."""
    value = one.fields[key]
    if key == "channel" and value in book.channels:
        return book.channels[value].name.show(language)
    return common(f"{value}_priority", language) if key in {"impact", "urgency"} else value


def _field(name: str, value: str) -> Text:
    return Text.assemble((f"{name}  ", "dim"), printable(value))


def _step(step: Step, book: Playbook, language: Language) -> Text:
    name = stage_name(step.stage, book, language)
    line = Text("  ".join(filter(None, (local(step.time), name, printable(step.agent), printable(step.note)))))
    return line.append(f"  {word('skipped', language)}: {printable(step.skipped)}", "red") if step.skipped else line


def _rows(table: Table, title: str, lines: Sequence[Text]) -> None:
    for place, line in enumerate(lines):
        table.add_row("" if place else title, line)


def record_table(records: Sequence[Record], book: Playbook, language: Language) -> RenderableType:
    """Return a list of cases."""
    if not records:
        return Text(word("no_cases", language), "dim")
    table = _table(("case", "opened", "stage", "topic", "text"), language)
    for one in records:
        topics = "、".join(book.topics[name].name.show(language) for name in one.topics if name in book.topics)
        words = Text(printable(one.text).replace("\n", " ")[:_LONGEST], STYLES.get(one.state, ""))
        table.add_row(one.id, local(one.opened), stage_name(one.stage, book, language), topics, words)
    return table


def due_table(found: Sequence[Due], book: Playbook, language: Language) -> RenderableType:
    """Return what is due, the late ones in red."""
    if not found:
        return Text(word("nothing_due", language), "green")
    table = _table(("when", "case", "what", "stage", "text"), language)
    for one in found:
        late = word("late" if one.late > 0 else "left", language).format(long(abs(one.late), language))
        when = Text(f"{local(one.due)}\n{late}", "red" if one.late > 0 else "yellow")
        what = Text.assemble(one.name, (f"\n{one.do}", "dim"))
        words = Text(printable(one.text).replace("\n", " ")[:_LONGEST])
        table.add_row(when, one.record, what, stage_name(one.stage, book, language), words)
    return table


def like_table(found: Iterable[Like], book: Playbook, language: Language) -> RenderableType:
    """Return cases like the one asked about, with what was done."""
    table = _table(("case", "likeness", "stage", "text", "remedy", "result", "satisfaction"), language)
    for one in found:
        texts = (printable(text) for text in (one.remedy, one.result, one.satisfaction))
        words = Text(printable(one.text).replace("\n", " ")[:_LONGEST])
        table.add_row(one.id, f"{one.likeness:.2f}", stage_name(one.stage, book, language), words, *texts)
    return table if table.row_count else Text(word("no_cases", language), "dim")


def figures_view(found: Figures, book: Playbook, language: Language) -> RenderableType:
    """Return what the cases add up to."""
    facts = Table.grid(padding=(0, 2))
    numbers = {
        "cases": found.cases,
        "closed_cases": found.closed,
        "problems_closed": found.problems_closed,
        "complaints_closed": found.complaints_closed,
        "again": found.again,
        "late_tasks": f"{found.late}/{found.tasks}",
        "trust": "–" if found.trust is None else f"{found.trust:g}",
        "skips": found.skipped,
    }
    for name, number in numbers.items():
        facts.add_row(Text(word(name, language), "bold"), str(number))
    stages = _table(("stages", "now", "hours"), language)
    for one in found.stages:
        hours = "–" if one.hours is None else f"{one.hours:g}"
        stages.add_row(stage_name(one.stage, book, language), str(one.now), hours)
    lists = ("topics", "causes", "sides", "departments", "satisfaction")
    return Group(
        facts, stages, *(_counts(name, getattr(found, name), language) for name in lists if getattr(found, name))
    )


def _counts(name: str, counted: Sequence[Counted], language: Language) -> Table:
    table = _table((name, "cases"), language)
    for one in counted:
        table.add_row(Text(printable(one.name)), str(one.cases))
    return table


def _table(heads: Sequence[str], language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for head in heads:
        table.add_column(word(head, language), overflow="fold", no_wrap=head in {"case", "opened"})
    return table
