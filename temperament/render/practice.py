"""Practice for the terminal: the customer, then how a reply was marked."""

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from temperament.labels import NAMES
from temperament.language import Language
from temperament.practice import Customer, Marked
from temperament.render.cards import reply_card
from temperament.render.case_words import word
from temperament.render.words import printable, source_name
from temperament.render.words import word as common

_MOST_SAID = 4
_MOST_MISSING = 3


def customer_card(one: Customer, number: int, total: int) -> RenderableType:
    """Return the customer's words, without their reading: to see it is part of the practice."""
    return Panel(
        Text(printable(one.reading.text)), title=Text(f"{number}/{total}"), box=box.ROUNDED, border_style="cyan"
    )


def marked_card(one: Marked, number: int, language: Language) -> RenderableType:
    """Return how a reply was marked: what to change, what it did, what comes next, and what one could say."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    reading = one.customer.reading
    labels = " · ".join(NAMES[label].show(language) for label in (reading.state, reading.temperament))
    table.add_row(word("read_as", language), Text(labels))
    principle = one.advice.principle
    table.add_row(common("principle", language), Text(f"{principle.text}  [{source_name(principle.source, language)}]"))
    table.add_row(word("moves", language), Text("、".join(one.moves) or word("no_moves", language), "green"))
    for place, gap in enumerate(one.missing[:_MOST_MISSING]):
        table.add_row(word("missing", language) if not place else "", Text(gap.message, "yellow"))
    table.add_row(common("next_step", language), Text(one.next_step or "–"))
    for place, say in enumerate(one.advice.now[:_MOST_SAID]):
        line = Text.assemble((say.text, "green"), (f"  [{source_name(say.source, language)}]", "dim"))
        line.append(f"\n{say.meaning}" if language == "en" else "", "dim")
        table.add_row(word("could_say", language) if not place else "", line)
    return Group(reply_card(one.reply, one.findings, number, language), table, Text())
