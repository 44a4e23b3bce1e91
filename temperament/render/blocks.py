"""Reports as blocks (headings, words, tables, quoted messages, charts), and how blocks become terminal text or Markdown."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from temperament.language import Language
from temperament.render.words import printable

if TYPE_CHECKING:
    from markupsafe import Markup
    from rich.console import RenderableType

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_SHORT = 160


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` 1 is the report's own."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Words:
    """A line of words; ``lead`` stands before it and is emphasised."""

    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. The first ``names`` columns hold names, the others numbers, which stand at the right.

    HTML leaves out a table that is ``drawn`` there as a picture, and folds one that is ``folded``.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    names: int = 1
    drawn: bool = False
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A message with what is said about it; ``marks`` are spans (start, end) of the text to be marked."""

    lead: str
    text: str
    marks: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, which only HTML shows; terminal and Markdown leave it out, so a table has to say the same."""

    draw: Callable[[], "Markup"]


@dataclass(frozen=True, slots=True)
class Beside:
    """Blocks that HTML puts side by side where there is room, and the others one after the other."""

    blocks: "Sequence[Block]"


Block = Heading | Words | Grid | Quote | Chart | Beside


def flat(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield all blocks one after the other, those that stand side by side too."""
    for block in blocks:
        if isinstance(block, Beside):
            yield from flat(block.blocks)
        else:
            yield block


def pieces(quote: Quote) -> Iterator[tuple[str, bool]]:
    """Yield the text of a quoted message in pieces: (words, whether they are marked)."""
    place = 0
    for start, end in sorted(quote.marks):
        if start < place:
            continue
        yield quote.text[place:start], False
        yield quote.text[start:end], True
        place = end
    yield quote.text[place:], False


def to_terminal(blocks: Iterable[Block]) -> "RenderableType":
    """Return blocks for the terminal; long messages are cut."""
    from rich.console import Group
    from rich.text import Text

    found: list[RenderableType] = []
    for block in flat(blocks):
        if isinstance(block, Heading):
            found.append(Text(f"\n{printable(block.text)}", "bold" if block.level > 1 else "bold green"))
        elif isinstance(block, Words):
            lead = (f"{printable(block.lead)}  ", "bold") if block.lead else ""
            found.append(Text.assemble(lead, printable(block.text)))
        elif isinstance(block, Grid):
            found.append(_table(block))
        elif isinstance(block, Quote):
            found.append(_quoted(block))
    return Group(*found)


def _table(grid: Grid) -> "RenderableType":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title=printable(grid.title) or None, title_justify="left", title_style="bold")
    for number, name in enumerate(grid.columns):
        is_name = number < grid.names
        table.add_column(Text(printable(name)), justify="left" if is_name else "right", no_wrap=not is_name)
    for row in grid.rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def _quoted(quote: Quote) -> "RenderableType":
    from rich.padding import Padding
    from rich.text import Text

    text = Text(f"{printable(quote.lead)}\n")
    for words, marked in pieces(quote):
        text.append(printable(words).replace("\n", " "), "bold red" if marked else "")
    most = len(quote.lead) + 1 + _SHORT
    if len(text) > most:
        text = text[:most].append("…")
    return Padding(text, (0, 0, 1, 2))


def to_markdown(blocks: Iterable[Block]) -> str:
    """Return blocks as GitHub-flavoured Markdown."""
    return "\n\n".join(part for block in flat(blocks) if (part := _markdown(block))) + "\n"


def _markdown(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_escaped(block.text)}"
    if isinstance(block, Words):
        lead = f"**{_escaped(block.lead)}** " if block.lead else ""
        return lead + _escaped(block.text)
    if isinstance(block, Grid):
        return _markdown_table(block)
    if isinstance(block, Quote):
        text = "".join(f"**{_escaped(words)}**" if marked else _escaped(words) for words, marked in pieces(block))
        return f"{_escaped(block.lead)}\n\n> {text}"
    return ""


def _markdown_table(grid: Grid) -> str:
    rule = ["---" if number < grid.names else "---:" for number in range(len(grid.columns))]
    lines = [_row(map(_escaped, grid.columns)), _row(rule)]
    lines += [_row(map(_escaped, row)) for row in grid.rows]
    title = f"**{_escaped(grid.title)}**\n\n" if grid.title else ""
    return title + "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", printable(text)).replace("\r", "").replace("\n", " ")


def to_html(blocks: Iterable[Block], language: Language) -> str:
    """Return blocks as one self-contained page, with their charts."""
    from temperament.render.pages import render_page

    listed = list(blocks)
    title = next((block.text for block in listed if isinstance(block, Heading)), "temperament")

    return render_page("scores.html.j2", language, title=title, blocks=listed, pieces=pieces, kind=kind_of)


def kind_of(block: Block) -> str:
    """Return what kind of block it is: the name of its class, by which the page's template chooses."""
    return type(block).__name__
