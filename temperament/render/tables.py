"""Tables of the playbook for the terminal."""

from typing import TYPE_CHECKING

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from temperament.language import Language
from temperament.playbook import loading, shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from temperament.playbook import Entry


def playbook_table(shelves: "Mapping[str, Mapping[str, Entry]]", language: Language) -> RenderableType:
    """Return entries of a playbook, kind by kind, with their ids; kinds without entries are left out."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("id", no_wrap=True)
    table.add_column(overflow="fold")
    for kind, shelf in shelves.items():
        if not shelf:
            continue
        table.add_row(Text(f"{kind} ({len(shelf)})", "bold"), "")
        for entry in shelf.values():
            table.add_row(f"  {entry.id}", Text(entry_title(entry, language)))
    return table


def entry_title(entry: "Entry", language: Language) -> str:
    """Return what an entry is called: its name, its forbidden phrases, its cause, its cell, or its first sentence."""
    if isinstance(entry, shapes.WordingRule):
        return " / ".join(entry.avoid)
    if isinstance(entry, shapes.Grade):
        return f"{entry.impact} × {entry.urgency} → {entry.priority}"
    if isinstance(entry, shapes.Check):
        return f"{entry.kind}：{entry.fires[0]}"
    if isinstance(entry, shapes.Drill):
        return entry.text
    if isinstance(entry, shapes.ReplyPart):
        return entry.shows[0]
    if isinstance(entry, shapes.Spelling):
        return f"{' / '.join(entry.seen)} → {entry.means}"
    text = getattr(entry, "name", None) or getattr(entry, "cause", None) or getattr(entry, "say")[0]  # noqa: B009
    return text.show(language) if isinstance(text, shapes.Text) else str(text.zh if language == "zh" else text.en)


def entry_yaml(entry: "Entry") -> str:
    """Return one playbook entry as YAML, as it stands in its file."""
    import yaml

    return str(yaml.safe_dump([loading.plain(entry)], allow_unicode=True, sort_keys=False, width=110))
