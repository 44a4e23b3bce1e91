"""The rules of one playbook, compiled once and run over replies."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from temperament.errors import UsageError
from temperament.labels import Reading
from temperament.language import Language, default_language
from temperament.playbook import Playbook
from temperament.playbook.shapes import Channel, Level, Phrase, ReplyPart
from temperament.reply.findings import KINDS, MISSING, Finding, without_allowed, without_doubles
from temperament.reply.learned import DOUBTED, LEARNED, RULE, Opinion
from temperament.reply.levels import eased_away, level_of
from temperament.reply.meaning import TEXT_SEARCHED, meant, quotations
from temperament.reply.parts import Parts, PartsSeen
from temperament.reply.rules import Rule, rules_of, usual_texts
from temperament.reply.sieve import Sieve, codes_of
from temperament.reply.views import Spellings, View

_SEAMS = ",，。;；、 \t\n"
"""What may stand between two clauses: an expression that needs a seam before its words is not shown with it."""
MOST_PLACES = 20
"""How often one pattern is told of in one reply; more helps nobody and takes long in a very long text."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one check is asked for: for whom, where, what to leave out, and the language of its messages."""

    reading: Reading | None = None
    channel: Channel | None = None
    disable: frozenset[str] = frozenset()
    allow: tuple[str, ...] = ()
    language: Language | None = None

    @property
    def spoken(self) -> Language:
        """The language of the messages: the one asked for, or the default."""
        return self.language or default_language()


class Checker:
    """The rules of one playbook, compiled once.

    An expression is only tried on a text that holds what it cannot do without (see ``sieve``); it is compiled then.
    """

    def __init__(self, book: Playbook) -> None:
        """Compile every check, part and spelling of a playbook."""
        self.rules = rules_of(book)
        self._written = [(rule, expression) for rule in self.rules for expression in rule.expressions]
        usual = usual_texts(book)
        self._sieve = Sieve([expression for _, expression in self._written], usual)
        self._exceptions = {rule: Sieve(rule.but, usual[:100]) for rule in self.rules}
        self._parts = Parts(book)
        self._spellings = Spellings(book.spellings.values())
        self.names = frozenset(
            {
                *(rule.name for rule in self.rules),
                *(rule.check.id for rule in self.rules),
                *(part.id for part in self._parts.entries.values()),
                *KINDS,
                MISSING,
                LEARNED,
                RULE,
            }
        )
        """What can be left out: ids of rules, checks and parts, and kinds."""

    def view(self, reply: str) -> View:
        """Return a reply as the checks see it."""
        return self._spellings.view(reply)

    def check(self, reply: str, wanted: Wanted) -> list[Finding]:
        """Return the findings of one reply; see ``check_reply``."""
        if wanted.disable:
            self.refuse_unknown(wanted.disable)
        view = self.view(reply)
        parts = self._parts.seen(view.text)
        opinion = Opinion(codes_of(view.text), wanted.disable)
        found = list(self._found(view, parts, wanted, opinion))
        if not found and view.text and opinion.finds:
            found = [opinion.finding(view, wanted.spoken)]
        kept = without_doubles(without_allowed(found, reply, wanted.allow)) if found else []
        if wanted.reading is not None and MISSING not in wanted.disable and view.text:
            kept.extend(self._missing(view, parts, wanted.reading, wanted))
        return kept

    def matching(self, reply: str) -> set[str]:
        """Return the names of all rules found in a reply, those that stand inside a graver finding, too."""
        view = self.view(reply)
        opinion = Opinion(codes_of(view.text), frozenset({LEARNED}))
        return {one.rule for one in self._found(view, self._parts.seen(view.text), Wanted(), opinion)}

    def shows(self, part: ReplyPart, reply: str) -> bool:
        """Tell whether a reply holds a part."""
        return bool(self._parts.cues[part.id.removeprefix("part.")].search(self.view(reply).text))

    def refuse_unknown(self, names: frozenset[str]) -> None:
        """Raise ``UsageError`` for the first of these that is no rule and no kind."""
        unknown = names - self.names
        if unknown:
            name = min(unknown)
            raise UsageError(
                f"没有“{name}”这条规则。用 temperament playbook list 看全部编号；类别有：{'、'.join((*KINDS, MISSING, LEARNED))}。",
                f"There is no rule {name!r}. See all ids with: temperament playbook list; kinds are: "
                f"{', '.join((*KINDS, MISSING, LEARNED))}.",
            )

    def _found(self, view: View, parts: PartsSeen, wanted: Wanted, opinion: Opinion) -> Iterator[Finding]:
        language: Language | None = None
        for rule, start, end in self._matches(view, parts, opinion):
            if not wanted.disable.isdisjoint((rule.name, rule.check.id, rule.check.kind)):
                continue
            level = level_of(rule, parts, start, end, wanted.reading)
            if level is None:
                continue
            language = language or wanted.spoken
            doubted = level == rule.level != "suggestion" and opinion.doubts(rule.check.id)
            yield _finding(rule, level, view, (start, end), wanted.reading, language, doubted=doubted)

    def _matches(self, view: View, parts: PartsSeen, opinion: Opinion) -> Iterator[tuple[Rule, int, int]]:
        """Find every rule's places; places of one rule that overlap are one."""
        texts = (view.text, view.folded.text)
        quoted: list[tuple[int, int]] | None = None
        spans: dict[Rule, list[tuple[int, int]]] = {}
        for index in self._candidates(*texts, opinion.held):
            rule, expression = self._written[index]
            text, pattern = texts[rule.check.raw], _compiled(expression)
            if rule.check.alone and not _stands_alone(rule, pattern.search(text), parts, opinion):
                continue
            for match in islice(pattern.finditer(text), MOST_PLACES):
                start, end = match.span()
                if quoted is None:
                    quoted = quotations(view.text)
                if start < end and meant(rule.check, text, start, end, quoted):
                    spans.setdefault(rule, []).append((start, end))
        for rule, found in spans.items():
            text = texts[rule.check.raw]
            for start, end in self._counted(rule, text, found, opinion.held if text == view.text else codes_of(text)):
                yield rule, start, end

    def _candidates(self, text: str, raw: str, held: set[int]) -> list[int]:
        """Return the numbers of the expressions worth trying: of rules about the raw text, those worth it there."""
        found = self._sieve.candidates(text, held)
        if text == raw:
            return found
        found = [index for index in found if not self._written[index][0].check.raw]
        found += [index for index in self._sieve.candidates(raw, codes_of(raw)) if self._written[index][0].check.raw]
        return sorted(found)

    def _counted(self, rule: Rule, text: str, found: list[tuple[int, int]], held: set[int]) -> list[tuple[int, int]]:
        """Return a rule's places that none of its exceptions overlaps; one place is enough for a rule about the whole."""
        places = [min(found)] if rule.check.alone else found
        stop = max(end for _, end in places) + TEXT_SEARCHED
        buts = [_compiled(rule.but[index]) for index in self._exceptions[rule].candidates(text, held)]
        exceptions = [one.span() for but in buts for one in but.finditer(text, 0, stop)]
        return _joined(
            place for place in places if not any(first < place[1] and place[0] < last for first, last in exceptions)
        )

    def _missing(self, view: View, parts: PartsSeen, reading: Reading, wanted: Wanted) -> Iterator[Finding]:
        place = len(view.folded.original)
        for part in parts.missing(reading.state, wanted.channel):
            if part.message is not None and part.id not in wanted.disable:
                yield Finding(
                    rule=part.id,
                    level="suggestion",
                    start=place,
                    end=place,
                    text="",
                    message=part.message.show(wanted.spoken),
                    suggestions=_sayings(part.better, reading),
                    source=part.source,
                    kind=MISSING,
                )


def _stands_alone(rule: Rule, match: re.Match[str] | None, parts: PartsSeen, opinion: Opinion) -> bool:
    """Tell whether hardly anything else is said; what is cheap to find out and seldom so comes first."""
    if match is None or not parts.nearly_hollow or not (parts.hollow or opinion.leans):
        return False
    return not eased_away(rule, parts, *match.span())


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _joined(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join places that overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _finding(
    rule: Rule,
    level: Level,
    view: View,
    place: tuple[int, int],
    reading: Reading | None,
    language: Language,
    *,
    doubted: bool,
) -> Finding:
    first, last = view.span(*place, raw=rule.check.raw)
    words = view.folded.original[first:last]
    first += len(words) - len(words.lstrip(_SEAMS))
    return Finding(
        rule=rule.name,
        level="suggestion" if doubted else level,
        start=first,
        end=last,
        text=view.folded.original[first:last],
        message=rule.message.show(language) + (DOUBTED[language] if doubted else ""),
        suggestions=_sayings(rule.better, reading),
        source=rule.source,
        kind=rule.check.kind,
    )


def _sayings(phrases: Iterable[Phrase], reading: Reading | None) -> tuple[str, ...]:
    return tuple(one.zh for one in phrases if reading is None or one.fits(reading.state))
