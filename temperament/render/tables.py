"""Tables for the terminal: evaluations and the playbook."""

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from temperament.labels import NAMES
from temperament.language import Language
from temperament.playbook import loading, shapes
from temperament.render.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from temperament.evaluate import AlsoReport, HeadReport, Report
    from temperament.playbook import Entry

_SURER = {"zh": "只读最有把握的", "en": "reading only the surest"}
_FURTHER = {"zh": "另有情绪", "en": "further states"}
_PRESENCE = {"zh": "各情绪在场概率的", "en": "presence of each feeling:"}
_SHOWN_STEPS = 2


def report_tables(report: "Report", language: Language) -> RenderableType:
    """Return an evaluation as tables: scores a label and the confusion matrix, for both heads, then the further states."""
    blocks: list[RenderableType] = []
    for head in (report.temperament, report.state):
        blocks.extend(
            (_summary(head, language), _class_table(head, language), _confusion_table(head, language), Text())
        )
    return Group(*blocks, _also_line(report.also, language))


def _also_line(also: "AlsoReport", language: Language) -> Text:
    return Text.assemble(
        (f"{_FURTHER[language]}  ", "bold"),
        (f"F1 {also.f1:.3f}", "bold green"),
        f"  {word('precision', language)} {also.precision:.3f} (n={also.named})"
        f"  {word('recall', language)} {also.recall:.3f} (n={also.support})\n",
        f"{_PRESENCE[language]} {word('ece', language)} {also.calibration_error:.3f}",
    )


def _coverage_line(head: "HeadReport", language: Language) -> str:
    steps = "  ".join(f"{share:.0%} → {accuracy:.2f}" for share, accuracy in head.coverage[::_SHOWN_STEPS])
    return f"{_SURER[language]}  {steps}"


def _summary(head: "HeadReport", language: Language) -> Text:
    return Text.assemble(
        (f"{word(head.head, language)}  ", "bold"),
        (f"macro-F1 {head.macro_f1:.3f}", "bold green"),
        f"  ({word('majority', language)} {head.majority_macro_f1:.3f})"
        f"  {word('accuracy', language)} {head.accuracy:.3f}"
        f"  {word('balanced', language)} {head.balanced_accuracy:.3f}"
        f"  {word('ece', language)} {head.calibration_error:.3f}"
        f"  n={head.messages}\n",
        "  ".join(f"{word(one.band, language)} {one.accuracy:.2f} (n={one.messages})" for one in head.bands),
        f"\n{_coverage_line(head, language)}",
    )


def _class_table(head: "HeadReport", language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(word(head.head, language))
    for key in ("precision", "recall"):
        table.add_column(word(key, language), justify="right")
    table.add_column("F1", justify="right")
    table.add_column(word("support", language), justify="right")
    for one in head.classes:
        numbers = (f"{one.precision:.2f}", f"{one.recall:.2f}", f"{one.f1:.2f}", str(one.support))
        table.add_row(NAMES[one.label].show(language), *numbers)
    return table


def _confusion_table(head: "HeadReport", language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(f"{word('gold', language)} ↓  {word('read', language)} →")
    for label in head.labels:
        table.add_column(NAMES[label].show(language).split("·")[0].strip(), justify="right")
    for index, label in enumerate(head.labels):
        row = [Text(str(count), "bold" if index == place else "") for place, count in enumerate(head.confusion[index])]
        table.add_row(NAMES[label].show(language), *row)
    return table


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
