"""One case: the strategies that meet in it, and the advice that follows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import get_args

from temperament.advice.progress import done_steps, present_step
from temperament.advice.results import Advice, Avoided, Clocks, Escalation, Guidance, PossibleCause, Question, Saying
from temperament.advice.saying import Moment, say_now
from temperament.advice.slots import Filler
from temperament.labels import NEUTRAL
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.shapes import (
    Authority,
    Channel,
    Grade,
    Group,
    Guideline,
    Part,
    Phrase,
    Priority,
    Signal,
    StateStrategy,
    Step,
    Tag,
    TemperamentStrategy,
    Text,
    Tuning,
    WordingRule,
)
from temperament.turns import Turn

MOST_SAYINGS = 6
MOST_AVOIDED = 8
FROM_THE_OTHER = 2
"""How many sentences, and how many phrases to avoid, come from each strategy that does not lead."""
_EARLY = frozenset({"before", "opening"})
"""What a guideline for such a moment says is too late once the agent has spoken."""
_PRIORITIES: tuple[Priority, ...] = get_args(Priority)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything advice depends on; ``asks`` are the facts that the customer's words do not hold yet."""

    manner: TemperamentStrategy
    feeling: StateStrategy
    signals: tuple[Signal, ...]
    channel: Channel | None
    industry: str | None
    group: Group | None
    impact: Priority | None
    tags: tuple[Tag, ...]
    history: tuple[Turn, ...]
    asks: tuple[Question, ...]
    facts: tuple[tuple[str, str], ...]
    language: Language
    book: Playbook

    def advise(self) -> Advice:
        """Compose the advice."""
        leading = self._leading()
        clocks = self._clocks()
        filler = Filler(dict(self.facts), self.book, clocks.reply)
        steps = tuple(self._guide(step.do, leading.id, step.source) for step in self._steps())
        done = done_steps(self._steps(), self.history, self.book)
        present = present_step(self._steps(), done)
        principle = self._guide(leading.principle, leading.id, leading.source)
        tuning = (
            *(self._guide(one.handling, one.id, "ours") for one in self.tags),
            *(self._guide(one.do, entry, one.source) for entry, one in self._tuning()),
        )
        say = tuple(self._sayings(filler))
        avoid = tuple(self._avoided(filler))
        escalation = self._escalation(filler)
        now = say_now(self._moment(present), present, filler, self.book)
        notes = tuple(self._guide(one.do, one.id, one.source) for one in self._notes())
        causes = tuple(self._causes())
        pace = self.group if self.group and self.feeling.label != "anxious" else leading
        return Advice(
            temperament=self.manner.label,
            state=self.feeling.label,
            principle=principle,
            steps=steps,
            tuning=tuning,
            say=say,
            avoid=avoid,
            pace=pace.pace,
            pace_note=self._tell(pace.pace_note),
            priority=self._grade().priority,
            escalate=escalation,
            sources=_sources(
                principle,
                *steps,
                *tuning,
                *now,
                *say,
                *avoid,
                *(one for rule in avoid for one in rule.instead),
                *self.asks,
                *notes,
                *escalation.say,
                clocks,
            ),  # fmt: skip
            language=self.language,
            present=present,
            done=done,
            now=now,
            ask=self.asks,
            notes=notes,
            causes=causes,
            clocks=clocks,
            longest_silence=self.group.longest_silence if self.group else None,
            channel=self.channel,
            industry=self.industry,
            group=self.group.group if self.group else None,
            near_groups=self._near(),
        )

    def _leading(self) -> StateStrategy | TemperamentStrategy:
        """The strategy whose steps are followed: the state's, unless calm leaves the lead to a clear temperament."""
        calm = self.feeling.label == NEUTRAL["state"]
        clear = self.manner.label != NEUTRAL["temperament"]
        return self.manner if calm and clear else self.feeling

    def _strategies(self) -> list[StateStrategy | TemperamentStrategy]:
        other = self.manner if self._leading() is self.feeling else self.feeling
        return [self._leading(), other]

    def _grade(self) -> Grade:
        return grade_of(self.book, self.manner.label, self.feeling.label, self.signals, self.impact)

    def _clocks(self) -> Clocks:
        grade = self._grade()
        minutes = (grade.acknowledge, grade.reply, grade.progress)
        return Clocks(grade.impact, grade.urgency, *minutes, entry=grade.id, source=grade.source)

    def _moment(self, present: int) -> Moment:
        move = self._steps()[present - 1].move
        part: Part = next(one.part for one in self.book.moves.values() if one.move == move)
        taker = self._taker()
        return Moment(
            temperament=self.manner.label,
            state=self.feeling.label,
            channel=self.channel,
            industry=self.industry,
            signals=tuple(signal.id for signal in self.signals),
            part=part,
            begun=any(turn.speaker == "agent" for turn in self.history),
            asks=self.asks,
            handover=taker.say[0] if taker and taker.say else None,
        )

    def _taker(self) -> Authority | None:
        """Who takes over: the highest of those that the urgent signals name; nobody where none asks for it."""
        named = [self.book.authority[signal.to] for signal in self.signals if signal.escalate]
        return max(named, key=lambda one: one.level, default=None)

    def _escalation(self, filler: Filler) -> Escalation:
        """Hand over when a signal asks for it; otherwise say when to."""
        urgent = [signal for signal in self.signals if signal.escalate]
        reasons = [self._tell(signal.reason) for signal in self.signals]
        taker = self._taker()
        return Escalation(
            needed=bool(urgent),
            reason=" ".join(reasons if urgent else (*reasons, self._tell(self._leading().escalate_when))),
            signals=tuple(signal.id for signal in self.signals),
            to=taker.id if taker else "",
            who=self._tell(taker.name) if taker else "",
            tell=self._tell(taker.tell) if taker else "",
            say=tuple(self._saying(phrase, 0, filler) for phrase in taker.say) if taker else (),
        )

    def _near(self) -> tuple[str, ...]:
        """The groups near to every label that says something; none where no label does."""
        told = {self.manner.label, self.feeling.label} - set(NEUTRAL.values())
        return tuple(one.group for one in self.book.groups.values() if told and told <= set(one.near))

    def _causes(self) -> Iterable[PossibleCause]:
        """The causes known for the state, then those of the line of business."""
        for one in self.book.causes.values():
            if one.state == self.feeling.label:
                yield PossibleCause(self._tell(one.cause), one.side, one.id, one.source)
        trade = self.book.trades.get(self.industry or "")
        if trade is not None:
            yield from (PossibleCause(self._tell(text), "", trade.id, trade.source) for text in trade.causes)

    def _notes(self) -> list[Guideline]:
        """What to mind here: what names most of the case first, then by turns what names trade, channel and state."""
        begun = any(turn.speaker == "agent" for turn in self.history)
        close: list[Guideline] = []
        trade: list[Guideline] = []
        channel: list[Guideline] = []
        state: list[Guideline] = []
        for one in self.book.guidelines.values():
            if self._concerns(one) and not (begun and one.when in _EARLY):
                several = bool(one.industries) + bool(one.channels) + bool(one.states) > 1
                (close if several else trade if one.industries else channel if one.channels else state).append(one)
        return [*close, *(one for turn in zip_longest(trade, channel, state) for one in turn if one is not None)]

    def _concerns(self, one: Guideline) -> bool:
        """Tell whether a guideline for agents names trade, channel or state, and no other one than this case's.

        Fixed situations concern a case by its state alone.
        """
        elsewhere = one.kind != "special" and bool(one.industries or one.channels)
        return (
            (self.feeling.label in one.states if one.states else elsewhere)
            and one.role == "agent"
            and (not one.industries or self.industry in one.industries)
            and (not one.channels or self.channel in one.channels)
        )

    def _steps(self) -> list[Step]:
        return [step for step in self._leading().steps if self._fits(step.channels)]

    def _tuning(self) -> list[tuple[str, Tuning]]:
        """The group's lines always, the temperament's where it does not lead itself."""
        group = [(self.group.id, one) for one in self.group.tuning] if self.group else []
        calm = self.feeling.label == NEUTRAL["state"]
        manner = [] if calm else [(self.manner.id, one) for one in self.manner.tuning]
        return [(entry, one) for entry, one in (*group, *manner) if self.feeling.label not in one.unless]

    def _fits(self, channels: tuple[Channel, ...]) -> bool:
        return not channels or self.channel is None or self.channel in channels

    def _sayings(self, filler: Filler) -> Iterable[Saying]:
        """One sentence a step first, then some of the other strategy's, then more of the leading one's."""
        leading, other = self._strategies()
        by_step = [(number, step.say) for number, step in enumerate(self._steps(), 1)]
        first = [(number, phrase) for number, phrases in by_step for phrase in self._allowed(phrases)[:1]]
        grouped = self._allowed(self.group.say)[:FROM_THE_OTHER] if self.group else []
        tuned = [(0, phrase) for phrase in (*self._allowed(other.say)[:FROM_THE_OTHER], *grouped)]
        free = [(0, phrase) for phrase in self._allowed(leading.say)]
        more = [(number, phrase) for number, phrases in by_step for phrase in self._allowed(phrases)[1:]]
        chosen = list(dict.fromkeys((*first, *tuned, *free, *more)))[: max(MOST_SAYINGS, len(first) + len(tuned))]
        ranked = sorted(chosen, key=lambda pair: pair[0] or len(by_step) + 1)
        return [self._saying(phrase, number, filler) for number, phrase in ranked]

    def _allowed(self, phrases: Iterable[Phrase]) -> list[Phrase]:
        return [one for one in phrases if one.fits(self.feeling.label, self.channel)]

    def _avoided(self, filler: Filler) -> Iterable[Avoided]:
        """Rules the leading strategy names, some of the other, then those that name this state or temperament."""
        leading, other = (self._fitting(strategy) for strategy in self._strategies())
        aimed = [
            rule.id
            for rule in self.book.wording.values()
            if self.feeling.label in rule.states or self.manner.label in rule.temperaments
        ]
        tuned = [one for one in other if one not in leading][:FROM_THE_OTHER]
        tuned += [one for one in (self.group.avoid if self.group else ()) if one not in leading][:FROM_THE_OTHER]
        ranked = dict.fromkeys((*leading[: MOST_AVOIDED - len(tuned)], *tuned, *leading, *aimed))
        return [self._avoid(self.book.wording[identifier], filler) for identifier in list(ranked)[:MOST_AVOIDED]]

    def _fitting(self, strategy: StateStrategy | TemperamentStrategy) -> list[str]:
        """The rules a strategy names; of a temperament's, those about other states than this one are left out."""
        rules = [self.book.wording[identifier] for identifier in strategy.avoid]
        fits = strategy is self.feeling
        return [rule.id for rule in rules if fits or not rule.states or self.feeling.label in rule.states]

    def _avoid(self, rule: WordingRule, filler: Filler) -> Avoided:
        return Avoided(
            phrase=" / ".join(rule.avoid),
            why=self._tell(rule.why),
            instead=tuple(self._saying(phrase, 0, filler) for phrase in self._allowed(rule.better)),
            rule=rule.id,
            level=rule.level,
            source=rule.source,
        )

    def _saying(self, phrase: Phrase, step: int, filler: Filler) -> Saying:
        text, meaning = filler.fill(phrase.zh, phrase.en)
        return Saying(text=text, meaning=meaning, step=step, source=phrase.source)

    def _guide(self, text: Text, entry: str, source: str) -> Guidance:
        return Guidance(self._tell(text), entry, source)

    def _tell(self, text: Text) -> str:
        return text.show(self.language)


def grade_of(
    book: Playbook, manner: str, feeling: str, signals: Sequence[Signal], impact: Priority | None = None
) -> Grade:
    """Return the cell of the matrix: urgency from labels and signals, impact as given or from the signals."""
    labels = (book.temperaments[manner].priority, book.states[feeling].priority)
    urgency = max((*labels, *(signal.priority for signal in signals)), key=_PRIORITIES.index)
    weighed = impact or max(("normal", *(one.impact for one in signals)), key=_PRIORITIES.index)
    return next(one for one in book.grading.values() if (one.impact, one.urgency) == (weighed, urgency))


def _sources(*pieces: Guidance | Saying | Avoided | Question | PossibleCause | Clocks) -> tuple[str, ...]:
    return tuple(dict.fromkeys(piece.source for piece in pieces))
