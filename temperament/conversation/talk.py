"""One conversation: what every turn shows, and what they add up to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from temperament.advice.case import grade_of
from temperament.conversation.escalation import once_each, priority, repetition, signals_in
from temperament.conversation.manner import leading_state, nothing_read, running_manner
from temperament.conversation.outcome import cause_of, closed_by, moves_of, steps_of
from temperament.conversation.promised import Followed, earned_by_turn, follow, promises_in
from temperament.conversation.reasons import reasons
from temperament.conversation.repetition import repeated
from temperament.conversation.results import REPETITION, AgentTurn, Conversation, CustomerTurn, OtherTurn, Signal
from temperament.conversation.timing import times_of, waits
from temperament.conversation.turning import turning_points, unrest
from temperament.labels import Reading, StateLabel
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.shapes import Channel, Grade
from temperament.promises import Trust, trust
from temperament.reply import MISSING, Checker, Finding, Wanted
from temperament.turns import Transcript, Turn

Forecaster = Callable[[Sequence[Turn], Sequence[Reading]], Sequence[float]]
"""Turns of both sides and the readings of the customer's → the probability of a bad end after each turn."""
Policy = Callable[[Sequence[float]], int | None]
"""Those probabilities → the place (from 0) of the first turn at which to step in; ``None`` for never."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What all conversations are read with; ``base`` are the base rates of the temperaments of the ``model``."""

    book: Playbook
    checker: Checker
    channel: Channel | None
    language: Language
    model: str
    base: dict[str, float]
    forecaster: Forecaster | None
    policy: Policy | None


class OneTalk:
    """One conversation on the desk."""

    def __init__(self, one: Transcript, readings: dict[int, Reading], desk: Desk) -> None:
        """Take the readings of the customer's turns, by their places from 0."""
        self.one, self.readings, self.desk = one, readings, desk
        self.turns = one.turns
        self.times = times_of(self.turns)
        self.agents = [at + 1 for at, turn in enumerate(self.turns) if turn.speaker == "agent"]
        self.risks = self._risks()
        whole = desk.channel is not None and desk.book.channels[desk.channel].whole
        self.off: frozenset[str] = frozenset() if whole else frozenset({MISSING})

    def conversation(self) -> Conversation:
        """Put together what the turns show."""
        desk, read = self.desk, list(self.readings.values())
        customer = self._customer_turns()
        promises = self._promises()
        manner = customer[-1].manner if customer else nothing_read(self.desk.base)
        state = leading_state(read)
        points = tuple(turning_points([(at + 1, one) for at, one in self.readings.items()], self.agents))
        signals = once_each(customer)
        grade = self._grade(state, manner.temperament, signals)
        agent = self._agent_turns(promises, grade)
        said = [one.promise for one in promises]
        last: StateLabel = next((one.state for one in reversed(read) if not one.reason), "calm")
        return Conversation(
            id=self.one.id,
            turns=self._in_order(customer, agent),
            manner=manner,
            state=state,
            last_state=last,
            turning_points=points,
            signals=signals,
            rank=priority(grade.priority, signals, said, points),
            reasons=reasons(state, signals, said, points, desk.language),
            steps=steps_of(self.turns, state, manner.temperament, desk.channel, desk.book, desk.language),
            promises=tuple(said),
            cause=cause_of(customer, state, desk.book, desk.language),
            closed_by=closed_by(self.turns, desk.book),
            risk=list(self.risks.values())[-1] if self.risks else None,
            step_in=self._step_in(),
            agent=self.one.agent,
            started=next((turn.time for turn in self.turns if turn.time), ""),
            model=desk.model,
            notes=tuple(zh if desk.language == "zh" else en for zh, en in self.one.notes),
        )

    def _customer_turns(self) -> list[CustomerTurn]:
        places = list(self.readings)
        manners = running_manner(list(self.readings.values()), self.desk.base)
        again = repeated([self.turns[at].text for at in places])
        times = [0] * len(places)
        found = []
        for order, at in enumerate(places):
            turn, first = self.turns[at], again[order]
            signals = list(signals_in(turn, at + 1, self.desk.book, self.desk.language))
            if first is not None:
                times[first] += 1
                signals.append(repetition(turn, at + 1, times[first], self.desk.language))
            found.append(
                CustomerTurn(
                    number=at + 1,
                    turn=turn,
                    reading=self.readings[at],
                    manner=manners[order],
                    repeats=None if first is None else places[first] + 1,
                    signals=tuple(signals),
                    risk=self.risks.get(at),
                )
            )
        return found

    def _promises(self) -> list[Followed]:
        given = [
            promise
            for at, turn in enumerate(self.turns)
            if turn.speaker == "agent"
            for promise in promises_in(turn, at + 1, self.times[at], self.desk.book)
        ]
        return follow(given, self.turns, self.times, self.desk.book)

    def _agent_turns(self, promises: Sequence[Followed], grade: Grade) -> list[AgentTurn]:
        answered = waits(self.turns, self.times)
        earned = earned_by_turn(promises)
        first = next((at + 1 for at, wait in enumerate(answered) if wait is not None), None)
        turns = []
        for number in self.agents:
            due = grade.reply if number == first else None
            one = self._agent_turn(number, answered[number - 1], earned.get(number), due=due)
            given = tuple(each.promise.text for each in promises if each.promise.turn == number)
            turns.append(replace(one, promises=given))
        return turns

    def _agent_turn(self, number: int, wait: float | None, earned: Trust | None, *, due: int | None) -> AgentTurn:
        """Return one turn of the agent; ``due`` are the minutes a first reply may take, where it is the first."""
        turn = self.turns[number - 1]
        clock = trust(due, wait) if due is not None and wait is not None else None
        return AgentTurn(
            number=number,
            turn=turn,
            findings=self._findings(turn, number),
            answered=wait,
            trust=earned or clock,
            moves=moves_of(turn, self.desk.book),
            promises=(),
            by="promise" if earned else "clock" if clock else None,
        )

    def _findings(self, turn: Turn, number: int) -> tuple[Finding, ...]:
        """Return what to change in a turn of the agent, given the reading before it.

        Parts that a good reply has are not missed in every single turn: only a letter carries them all at once, and in a
        talk the steps say which of them never came.
        """
        wanted = Wanted(self._reading_before(number), self.desk.channel, self.off, language=self.desk.language)
        return tuple(self.desk.checker.check(turn.text, wanted)) if turn.text.strip() else ()

    def _reading_before(self, number: int) -> Reading | None:
        """Return the reading a turn of the agent answers: of the customer's turns just before it the least calm one."""
        answered: list[Reading] = []
        for at in range(number - 2, -1, -1):
            if at in self.readings and not self.readings[at].reason:
                answered.append(self.readings[at])
            elif self.turns[at].speaker == "agent" and answered:
                break
        return max(answered, key=unrest, default=None)

    def _grade(self, state: str, temperament: str, signals: Sequence[Signal]) -> Grade:
        known = [self.desk.book.signals[one.kind] for one in signals if one.kind != REPETITION]
        return grade_of(self.desk.book, temperament, state, known)

    def _risks(self) -> dict[int, float]:
        """Return the forecast after each turn of either side."""
        spoken = [at for at, turn in enumerate(self.turns) if turn.speaker != "other"]
        if self.desk.forecaster is None or not self.readings:
            return {}
        turns = [self.turns[at] for at in spoken]
        found = self.desk.forecaster(turns, list(self.readings.values()))
        return {at: float(chance) for at, chance in zip(spoken, found, strict=True)}

    def _step_in(self) -> int | None:
        if self.desk.policy is None or not self.risks:
            return None
        place = self.desk.policy(list(self.risks.values()))
        return None if place is None else list(self.risks)[place] + 1

    def _in_order(
        self, customer: Sequence[CustomerTurn], agent: Sequence[AgentTurn]
    ) -> tuple[CustomerTurn | AgentTurn | OtherTurn, ...]:
        read: dict[int, CustomerTurn | AgentTurn] = {one.number: one for one in customer}
        read |= {one.number: one for one in agent}
        return tuple(read.get(at, OtherTurn(at, turn)) for at, turn in enumerate(self.turns, 1))
