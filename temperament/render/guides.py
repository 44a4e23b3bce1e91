"""Cards for the way through a case: the guide, letters and scripts, trust."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from temperament.guidance import GuideView
from temperament.language import Language
from temperament.promises import TrustReport
from temperament.render.cards import advice_card
from temperament.render.words import source_name, span, word
from temperament.templates import Template

if TYPE_CHECKING:
    from temperament.playbook.shapes import Letter, Script

_MARKS = {"done": "✓", "present": "▶", "ahead": " "}


def guide_card(view: GuideView) -> RenderableType:
    """Return where a conversation stands: the procedure, the next step, the present stage's duties, the advice."""
    language = view.advice.language
    stages = Text("  ")
    for stage in view.stages:
        style = "bold reverse" if stage.place == "present" else "dim"
        stages.append(f" {_MARKS[stage.place]} {stage.name} ", style)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(word("place", language), Text(view.reason))
    table.add_row(word("next_step", language), Text(view.next_step or "–"))
    for number, duty in enumerate(view.duties):
        line = Text.assemble(duty.text, (f"  [{source_name(duty.source, language)}]", "dim"))
        table.add_row(word("duties", language) if not number else "", line)
    present = next(stage for stage in view.stages if stage.place == "present")
    table.add_row(word("done_when", language), Text(present.done_when))
    if view.scripts:
        table.add_row(word("scripts", language), Text(", ".join(view.scripts)))
    return Group(Panel(Group(stages, Text(), table), box=box.ROUNDED), advice_card(view.advice))


def template_card(template: Template, language: Language) -> RenderableType:
    """Return a letter or script with its pauses."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("", Text(template.aim, "italic"))
    for piece in template.pieces:
        text = Text.assemble((piece.text, "green"), (f"  [{source_name(piece.source, language)}]", "dim"))
        if language == "en":
            text.append(f"\n{piece.meaning}", "dim")
        if piece.wait:
            text.append(f"\n⏸ {piece.wait}″", "yellow")
        if piece.then:
            text.append(f"  {piece.then}", "italic")
        table.add_row(piece.name, text)
    if template.ending:
        table.add_row("■", Text(template.ending))
    title = f"{template.name}  [{source_name(template.source, language)}]"
    return Panel(table, title=Text(title), box=box.ROUNDED)


def template_table(entries: "Iterable[Letter | Script]", language: Language) -> RenderableType:
    """Return the list of letters and scripts."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("id", no_wrap=True)
    table.add_column(overflow="fold")
    for entry in entries:
        table.add_row(entry.id, Text(entry.name.show(language)))
    return table


def trust_table(report: TrustReport, language: Language) -> RenderableType:
    """Return the scores of cases, with the mean and the late ones where there are several."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(word("case", language))
    for key in ("promised", "replied", "trust"):
        table.add_column(word(key, language), justify="right")
    for number, one in enumerate(report.cases, 1):
        style = "red" if one.late else "green"
        times = (span(round(one.promised), language), span(round(one.replied), language))
        table.add_row(Text(one.case or str(number)), *times, Text(f"{one.score:g}", style))
    if len(report.cases) == 1:
        return table
    mean = "–" if report.mean is None else f"{report.mean:g}"
    return Group(table, Text(f"{word('mean', language)} {mean}   {word('late', language)} {report.late}"))
