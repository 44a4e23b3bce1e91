"""Reading → Advice: what to do, what to say, what never to say, each with its source.

The state leads and the temperament tunes: while a state other than calm leads, its steps are followed and the
temperament only adds how to go about them; for a calm customer the temperament's own steps apply. No model is
ever asked here; every decision rests on the labels and the playbook.
"""

import re
from collections.abc import Iterable
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
from temperament.text import fold

CHANNELS: tuple[Channel, ...] = get_args(Channel)
_CHANNEL_NAMES: dict[str, Channel] = {
    "电话": "phone",
    "当面": "face",
    "面谈": "face",
    "在线": "chat",
    "聊天": "chat",
    "书信": "letter",
    "邮件": "letter",
}
MOST_SAYINGS = 6
MOST_AVOIDED = 8
FROM_THE_OTHER = 2
"""How many sentences, and how many phrases to avoid, come from the strategy that does not lead."""
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
    """A forbidden phrase as the manual prints it (typos mended), why it hurts, and better wording."""

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

    ``principle`` and ``steps``, in order, are those of the strategy that leads; ``tuning`` says how to go about them
    with this temperament. ``pace`` is quick, even or slow, ``priority`` low, normal or high.
    ``sources`` lists every source line used, in the order of first use; ``ours`` marks this project's own.
    """

    temperament: str
    state: str
    principle: Guidance
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

    ``channel`` is phone, face, chat, letter (or 电话, 当面, 在线, 书信) or ``None`` for any; ``language`` zh, en or
    ``None`` for the locale's; ``book`` an own playbook or ``None`` for the shipped one. Sentences to say stay Chinese in
    both languages. Raises ``UsageError`` for an unknown channel.
    """
    channel = channel if channel is None else _CHANNEL_NAMES.get(channel, channel)
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
    """Return the playbook's signals found in a customer's words, in the playbook's order."""
    folded = fold(text).text
    return [signal for signal in (book or playbook.shipped()).signals.values() if _shows(signal, folded)]


def _shows(signal: Signal, folded: str) -> bool:
    """Tell whether a cue stands in the text outside every exception."""
    quiet = [match.span() for one in signal.but for match in re.finditer(one, folded)]
    return any(
        not any(first <= match.start() and match.end() <= last for first, last in quiet)
        for cue in signal.cues
        for match in re.finditer(cue, folded)
    )


@dataclass(frozen=True, slots=True)
class _Case:
    manner: TemperamentStrategy
    feeling: StateStrategy
    signals: tuple[Signal, ...]
    channel: Channel | None
    language: Language

    def advise(self, book: Playbook) -> Advice:
        leading = self._leading()
        principle = self._guide(leading.principle, leading.id, leading.source)
        steps = tuple(self._guide(step.do, leading.id, step.source) for step in self._steps())
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
            pace=leading.pace,
            pace_note=self._tell(leading.pace_note),
            priority=self._priority(),
            escalate=self._escalation(),
            sources=_sources(
                principle, *steps, *tuning, *say, *avoid, *(one for rule in avoid for one in rule.instead)
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
        if self.feeling.label == NEUTRAL["state"]:
            return []
        return [one for one in self.manner.tuning if self.feeling.label not in one.unless]

    def _fits(self, channels: tuple[Channel, ...]) -> bool:
        return not channels or self.channel is None or self.channel in channels

    def _sayings(self) -> Iterable[Saying]:
        """One sentence a step first, then some of the other strategy's, then more of the leading one's."""
        leading, other = self._strategies()
        by_step = [(number, step.say) for number, step in enumerate(self._steps(), 1)]
        first = [(number, phrase) for number, phrases in by_step for phrase in self._allowed(phrases)[:1]]
        tuned = [(0, phrase) for phrase in self._allowed(other.say)[:FROM_THE_OTHER]]
        free = [(0, phrase) for phrase in self._allowed(leading.say)]
        more = [(number, phrase) for number, phrases in by_step for phrase in self._allowed(phrases)[1:]]
        chosen = list(dict.fromkeys((*first, *tuned, *free, *more)))[: max(MOST_SAYINGS, len(first) + len(tuned))]
        ranked = sorted(chosen, key=lambda pair: pair[0] or len(by_step) + 1)
        return [self._saying(phrase, number) for number, phrase in ranked]

    def _allowed(self, phrases: Iterable[Phrase]) -> list[Phrase]:
        return [one for one in phrases if self.feeling.label not in one.unless and self._fits(one.channels)]

    def _avoided(self, book: Playbook) -> Iterable[Avoided]:
        """Rules the leading strategy names, some of the other, then those that name this state or temperament."""
        leading, other = (self._fitting(strategy, book) for strategy in self._strategies())
        aimed = [
            rule.id
            for rule in book.wording.values()
            if self.feeling.label in rule.states or self.manner.label in rule.temperaments
        ]
        tuned = [one for one in other if one not in leading][:FROM_THE_OTHER]
        ranked = dict.fromkeys((*leading[: MOST_AVOIDED - len(tuned)], *tuned, *leading, *aimed))
        return [self._avoid(book.wording[identifier]) for identifier in list(ranked)[:MOST_AVOIDED]]

    def _fitting(self, strategy: StateStrategy | TemperamentStrategy, book: Playbook) -> list[str]:
        """The rules a strategy names; of a temperament's, those about other states than this one are left out."""
        rules = [book.wording[identifier] for identifier in strategy.avoid]
        fits = strategy is self.feeling
        return [rule.id for rule in rules if fits or not rule.states or self.feeling.label in rule.states]

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
