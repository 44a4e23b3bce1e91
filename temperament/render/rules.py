"""Rules of the reply checker for the terminal: one explained, and a trial of all their examples."""

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from temperament.labels import NAMES
from temperament.language import Language
from temperament.render.words import STYLES, printable, source_name, word
from temperament.reply.explaining import Better, Explanation, LevelOf
from temperament.reply.trial import Try


def rule_card(one: Explanation, language: Language) -> RenderableType:
    """Return the card of one rule: why, levels by reading, what to say instead, examples and source."""
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row(word("why", language), Text(one.message))
    facts.add_row(word("levels", language), Text("\n").join(_level(level, language) for level in one.levels))
    if one.eased is not None:
        facts.add_row(word("eased", language), _level(one.eased, language))
    if one.better:
        facts.add_row(word("instead", language), Text("\n").join(_better(better, language) for better in one.better))
    facts.add_row(word("must_fire", language), Text("\n".join(f"✗ {printable(text)}" for text in one.fires), "red"))
    facts.add_row(word("must_not", language), Text("\n".join(f"✓ {printable(text)}" for text in one.silent), "green"))
    facts.add_row(word("source", language), Text(source_name(one.source, language)))
    names = " · ".join(dict.fromkeys((one.rule, one.check, one.kind)))
    return Panel(facts, title=Text(names, "bold"), title_align="left", box=box.ROUNDED)


def trial_report(tries: Sequence[Try], language: Language) -> RenderableType:
    """Return how many examples did what they should, and those that did not."""
    failed = [one for one in tries if not one.passed]
    count = f"{len(tries) - len(failed)}/{len(tries)}"
    head = (f"例句通过 {count}", f"examples passed: {count}")[language == "en"]
    lines = [Text(head, "bold red" if failed else "bold green")]
    lines += [
        Text.assemble("✗ ", (one.rule, "bold"), f" {word(f'not_{one.expected}', language)}：", printable(one.text))
        for one in failed
    ]
    return Group(*lines)


def _level(one: LevelOf, language: Language) -> Text:
    labels = [NAMES[label].show(language) for label in (*one.states, *one.temperaments)]
    parts = [f"{word('with_parts', language)} part.{part}" for part in one.parts]
    whom = ", ".join((*labels, *parts)) or word("for_all", language)
    return Text.assemble(f"{whom}：", (word(one.level, language), STYLES.get(one.level, "dim")))


def _better(one: Better, language: Language) -> Text:
    line = Text(f"✓ {one.text}", "green")
    if language == "en":
        line.append(f"\n  {one.meaning}", "dim")
    return line.append(f"  [{source_name(one.source, language)}]", "dim")
