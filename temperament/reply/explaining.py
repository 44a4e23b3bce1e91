"""What a rule is for: why, how grave for whom, what it must and must not find, where it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.shapes import Level, Phrase, ReplyPart
from temperament.reply import learned
from temperament.reply.findings import MISSING
from temperament.reply.rules import Rule, rules_of


@dataclass(frozen=True, slots=True)
class LevelOf:
    """The level for some readings: states and temperaments named (none: all of them), or parts that the reply holds."""

    level: Level | Literal["never"]
    states: tuple[str, ...] = ()
    temperaments: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Better:
    """A sentence to say instead, its meaning for readers of English, and where it comes from."""

    text: str
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One rule explained. ``levels`` are in the order in which they apply, the first fit wins; the last is for the rest.

    ``eased`` is the level where the reply also holds one of some parts. ``fires`` and ``silent`` are texts in which the
    rule must, and must not, be found.
    """

    rule: str
    check: str
    kind: str
    message: str
    levels: tuple[LevelOf, ...]
    eased: LevelOf | None
    better: tuple[Better, ...]
    fires: tuple[str, ...]
    silent: tuple[str, ...]
    source: str


def explain(name: str, book: Playbook, language: Language) -> list[Explanation]:
    """Return what stands behind a rule, a check or a part of a reply; of a kind, all its rules; nothing for another name."""
    found = [_of_rule(rule, language) for rule in rules_of(book) if name in {rule.name, rule.check.id, rule.check.kind}]
    parts = [part for part in book.parts.values() if part.message is not None and name in {part.id, MISSING}]
    found += [_of_part(part, language) for part in parts]
    return [*found, _of_learned(language)] if name in {learned.RULE, learned.LEARNED} else found


def _of_rule(rule: Rule, language: Language) -> Explanation:
    check = rule.check
    return Explanation(
        rule=rule.name,
        check=check.id,
        kind=check.kind,
        message=rule.message.show(language),
        levels=tuple(_levels(rule)),
        eased=LevelOf(check.eased.to, parts=check.eased.by) if check.eased else None,
        better=_better(rule.better),
        fires=check.fires,
        silent=check.silent,
        source=rule.source,
    )


def _levels(rule: Rule) -> Iterator[LevelOf]:
    yield from (LevelOf(one.level, one.states, one.temperaments) for one in rule.check.levels)
    if rule.worst_for and rule.level != "error":
        yield LevelOf("error", rule.worst_for)
    yield LevelOf(rule.level)


def _of_part(part: ReplyPart, language: Language) -> Explanation:
    assert part.message is not None
    return Explanation(
        rule=part.id,
        check=part.id,
        kind=MISSING,
        message=part.message.show(language),
        levels=(LevelOf("suggestion", part.wanted), LevelOf("never")),
        eased=None,
        better=_better(part.better),
        fires=part.lacks,
        silent=part.shows,
        source=part.source,
    )


def _of_learned(language: Language) -> Explanation:
    bound = learned.shipped_reader().threshold
    return Explanation(
        rule=learned.RULE,
        check=learned.RULE,
        kind=learned.LEARNED,
        message=learned.WHY[language].format(bound=bound),
        levels=(LevelOf("suggestion"),),
        eased=None,
        better=tuple(Better(text, meaning, "ours") for text, meaning in learned.BETTER.items()),
        fires=learned.FIRES,
        silent=learned.SILENT,
        source="ours",
    )


def _better(phrases: tuple[Phrase, ...]) -> tuple[Better, ...]:
    return tuple(Better(one.zh, one.en, one.source) for one in phrases)
