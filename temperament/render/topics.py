"""What messages are about, for the terminal."""

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from temperament.language import Language
from temperament.playbook import Playbook
from temperament.render.case_words import word
from temperament.render.words import printable, source_name
from temperament.render.words import word as common
from temperament.topics import Burst, Report

_MOST_CAUSES = 8
_LONGEST_EXAMPLE = 60


def topics_view(report: Report, book: Playbook, language: Language) -> RenderableType:
    """Return topics with their counts and words, the causes named, and bursts with what to do about them."""
    parts: list[RenderableType] = [_heading(report, language), _topic_table(report, language)]
    if report.causes:
        parts.append(_cause_table(report, language))
    parts.extend(_burst_panel(one, book, language) for one in report.bursts)
    if not report.bursts:
        parts.append(Text(word("no_times" if not report.timed else "no_bursts", language), "dim"))
    return Group(*parts)


def _heading(report: Report, language: Language) -> Text:
    counts = word("topics_head", language).format(report.messages, report.tagged)
    upset = "" if report.upset is None else word("topics_upset", language).format(report.upset)
    return Text(counts + upset, "bold")


def _topic_table(report: Report, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(word("topic", language))
    for key in ("messages", "share", *(() if report.upset is None else ("upset",))):
        table.add_column(word(key, language), justify="right")
    table.add_column(word("shown_by", language), overflow="fold")
    table.add_column(common("source", language))
    for one in report.topics:
        upset = () if one.upset is None else (f"{one.upset / one.messages:.0%}",)
        words = "、".join(f"“{printable(piece)}”" for piece in one.words)
        share = f"{one.messages / report.messages:.1%}"
        source = source_name(one.source, language)
        table.add_row(Text(one.name), str(one.messages), share, *upset, Text(words), Text(source, "dim"))
    return table


def _cause_table(report: Report, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(word("causes", language), overflow="fold")
    table.add_column("")
    table.add_column(word("messages", language), justify="right")
    for one in report.causes[:_MOST_CAUSES]:
        table.add_row(Text(one.name), Text(common(one.side, language), "dim"), str(one.messages))
    return table


def _burst_panel(one: Burst, book: Playbook, language: Language) -> Panel:
    lines = Text.assemble(
        (f"{one.begins:%Y-%m-%d %H:%M} – {one.ends:%Y-%m-%d %H:%M}\n", "bold"),
        word("burst_counts", language).format(one.customers, one.messages, one.usual),
        "\n",
        "、".join(f"“{printable(piece)}”" for piece in one.words),
    )
    for text in one.examples:
        lines.append(f"\n  · {printable(text).replace(chr(10), ' ')[:_LONGEST_EXAMPLE]}", "dim")
    rule = book.bursts[one.rule]
    for step in rule.do:
        lines.append(f"\n→ {step.show(language)}")
    lines.append(f"  [{source_name(rule.source, language)}]", "dim")
    return Panel(lines, title=Text(f"{rule.name.show(language)}：{one.name}"), box=box.ROUNDED, border_style="red")
