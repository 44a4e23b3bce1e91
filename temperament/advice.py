"""Reading → Advice: what to do, what to say, what never to say, each with its source.

The state leads and the temperament tunes: while a state other than calm leads, its steps are followed and the
temperament only adds how to go about them; for a calm customer the temperament's own steps apply. No model is
ever asked here; every decision rests on the labels and the playbook.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from temperament import playbook
from temperament.errors import UsageError
from temperament.labels import NEUTRAL, Reading
from temperament.language import Language, default_language
from temperament.playbook import Playbook
from temperament.playbook.shapes import (
    Channel,
    Phrase,
    Priority,
    Signal,
    StateStrategy,
    Step,
    TemperamentStrategy,
    Text,
    Tuning,
    WordingRule,
)
from temperament.text import fold, words

CHANNELS: tuple[Channel, ...] = get_args(Channel)
MOST_SAYINGS = 6
MOST_AVOIDED = 8
_PRIORITIES: tuple[Priority, ...] = get_args(Priority)


@dataclass(frozen=True, slots=True)
class Guidance:
    """One piece of advice in plain words, the playbook entry it stands in and its source."""

    text: str
    entry: str
    source: str


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence the agent can say. ``meaning`` is its English gloss; ``step`` the step it serves, from 1 (0: any)."""

    text: str
    meaning: str
    step: int
    source: str


@dataclass(frozen=True, slots=True)
class Avoided:
    """A forbidden phrase as the manual prints it, why it hurts, and better wording."""

    phrase: str
    why: str
    instead: tuple[Saying, ...]
    rule: str
    level: str
    source: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """Whether to hand the case over now, and why; where not, ``reason`` says when it would be time.

    ``signals`` names the playbook's signals found in the customer's words.
    """

    needed: bool
    reason: str
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do with a customer who reads like this.

    ``principle`` is the state's, followed by the temperament's; ``steps`` are in order, ``tuning`` says how to
    go about them with this temperament. ``pace`` is quick, even or slow, ``priority`` low, normal or high.
    ``sources`` lists every source line used, in the order of first use; ``ours`` marks this project's own.
    """

    temperament: str
    state: str
    principle: tuple[Guidance, ...]
    steps: tuple[Guidance, ...]
    tuning: tuple[Guidance, ...]
    say: tuple[Saying, ...]
    avoid: tuple[Avoided, ...]
    pace: str
    pace_note: str
    priority: str
    escalate: Escalation
    sources: tuple[str, ...]
    language: Language


def recommend(
    reading: Reading,
    channel: str | None = None,
    *,
    language: Language | None = None,
    book: Playbook | None = None,
) -> Advice:
    """Return the advice for one reading.

    ``channel`` is phone, face, chat, letter or ``None`` for any; ``language`` zh, en or ``None`` for the locale's;
    ``book`` an own playbook or ``None`` for the shipped one. Sentences to say stay Chinese in both languages.
    Raises ``UsageError`` for an unknown channel.
    """
    if channel is not None and channel not in CHANNELS:
        raise UsageError(
            f"没有“{channel}”这种渠道。可用的有：{'、'.join(CHANNELS)}。",
            f"There is no channel {channel!r}. Choose one of: {', '.join(CHANNELS)}.",
        )
    book = book or playbook.shipped()
    case = _Case(
        manner=book.temperaments[reading.temperament],
        feeling=book.states[reading.state],
        signals=tuple(signals(reading.text, book)),
        channel=channel,
        language=language or default_language(),
    )
    return case.advise(book)


def signals(text: str, book: Playbook | None = None) -> list[Signal]:
    """Return the playbook's signals found in a customer's words, in the playbook's order.

    A cue counts only where it begins and ends with a word (着火 is not found in 紧挨着火车站), outside its exceptions.
    """
    folded = fold(text).text
    found = [signal for signal in (book or playbook.shipped()).signals.values() if list(_places(signal, folded))]
    if not found:
        return []
    bounds = {edge for start, word in words(folded) for edge in (start, start + len(word))}
    return [signal for signal in found if any(bounds.issuperset(place) for place in _places(signal, folded))]


def _places(signal: Signal, folded: str) -> Iterator[tuple[int, int]]:
    """Yield where a cue stands outside every exception, as (start, end)."""
    quiet = [match.span() for one in signal.but for match in re.finditer(one, folded)]
    for cue in signal.cues:
        for start, end in (match.span() for match in re.finditer(cue, folded)):
            if not any(first <= start and end <= last for first, last in quiet):
                yield start, end


@dataclass(frozen=True, slots=True)
class _Case:
    manner: TemperamentStrategy
    feeling: StateStrategy
    signals: tuple[Signal, ...]
    channel: Channel | None
    language: Language

    def advise(self, book: Playbook) -> Advice:
        principle = tuple(self._guide(one.principle, one.id, one.source) for one in self._strategies())
        steps = tuple(self._guide(step.do, self._leading().id, step.source) for step in self._steps())
        tuning = tuple(self._guide(one.do, self.manner.id, one.source) for one in self._tuning())
        say = tuple(self._sayings())
        avoid = tuple(self._avoided(book))
        return Advice(
            temperament=self.manner.label,
            state=self.feeling.label,
            principle=principle,
            steps=steps,
            tuning=tuning,
            say=say,
            avoid=avoid,
            pace=self._leading().pace,
            pace_note=self._tell(self._leading().pace_note),
            priority=self._priority(),
            escalate=self._escalation(),
            sources=_sources(
                *principle, *steps, *tuning, *say, *avoid, *(one for rule in avoid for one in rule.instead)
            ),
            language=self.language,
        )

    def _leading(self) -> StateStrategy | TemperamentStrategy:
        """The strategy whose steps are followed: the state's, unless calm leaves the lead to a clear temperament."""
        calm = self.feeling.label == NEUTRAL["state"]
        clear = self.manner.label != NEUTRAL["temperament"]
        return self.manner if calm and clear else self.feeling

    def _strategies(self) -> list[StateStrategy | TemperamentStrategy]:
        other = self.manner if self._leading() is self.feeling else self.feeling
        return [self._leading(), other]

    def _priority(self) -> Priority:
        levels = (self.manner.priority, self.feeling.priority, *(signal.priority for signal in self.signals))
        return max(levels, key=_PRIORITIES.index)

    def _escalation(self) -> Escalation:
        """Hand over when a signal asks for it; otherwise say when to."""
        urgent = [signal for signal in self.signals if signal.escalate]
        reasons = [self._tell(signal.reason) for signal in self.signals]
        return Escalation(
            needed=bool(urgent),
            reason=" ".join(reasons if urgent else (*reasons, self._tell(self._leading().escalate_when))),
            signals=tuple(signal.id for signal in self.signals),
        )

    def _steps(self) -> list[Step]:
        return [step for step in self._leading().steps if self._fits(step.channels)]

    def _tuning(self) -> list[Tuning]:
        if self._leading() is self.manner:
            return []
        return [one for one in self.manner.tuning if self.feeling.label not in one.unless]

    def _fits(self, channels: tuple[Channel, ...]) -> bool:
        return not channels or self.channel is None or self.channel in channels

    def _sayings(self) -> Iterable[Saying]:
        """One sentence a step first, then the leading strategy's others, then the other strategy's."""
        by_step = [(number, step.say) for number, step in enumerate(self._steps(), 1)]
        first = [(number, phrase) for number, phrases in by_step for phrase in self._allowed(phrases)[:1]]
        free = [(0, phrase) for one in self._strategies() for phrase in self._allowed(one.say)]
        more = [(number, phrase) for number, phrases in by_step for phrase in self._allowed(phrases)[1:]]
        chosen = dict.fromkeys((*first, *free, *more))
        ranked = sorted(list(chosen)[: max(MOST_SAYINGS, len(first))], key=lambda pair: pair[0] or len(by_step) + 1)
        return [self._saying(phrase, number) for number, phrase in ranked]

    def _allowed(self, phrases: Iterable[Phrase]) -> list[Phrase]:
        return [one for one in phrases if self.feeling.label not in one.unless and self._fits(one.channels)]

    def _avoided(self, book: Playbook) -> Iterable[Avoided]:
        """Rules named by either strategy, the leading one's first, then those that name this state or temperament."""
        named = [identifier for one in self._strategies() for identifier in one.avoid]
        aimed = [
            rule.id
            for rule in book.wording.values()
            if self.feeling.label in rule.states or self.manner.label in rule.temperaments
        ]
        rules = [book.wording[identifier] for identifier in dict.fromkeys((*named, *aimed))]
        return [self._avoid(rule) for rule in rules[:MOST_AVOIDED]]

    def _avoid(self, rule: WordingRule) -> Avoided:
        return Avoided(
            phrase=" / ".join(rule.avoid),
            why=self._tell(rule.why),
            instead=tuple(self._saying(phrase, 0) for phrase in self._allowed(rule.better)),
            rule=rule.id,
            level=rule.level,
            source=rule.source,
        )

    def _saying(self, phrase: Phrase, step: int) -> Saying:
        return Saying(text=phrase.zh, meaning=phrase.en, step=step, source=phrase.source)

    def _guide(self, text: Text, entry: str, source: str) -> Guidance:
        return Guidance(self._tell(text), entry, source)

    def _tell(self, text: Text) -> str:
        return text.zh if self.language == "zh" else text.en


def _sources(*pieces: Guidance | Saying | Avoided) -> tuple[str, ...]:
    return tuple(dict.fromkeys(piece.source for piece in pieces))
