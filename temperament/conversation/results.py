"""What the analysis of a conversation returns. Turns are counted from 1; spans count code points of a turn's text."""

from dataclasses import dataclass
from typing import Literal

from temperament.labels import Reading, StateLabel, TemperamentLabel
from temperament.promises import Trust
from temperament.reply import Finding
from temperament.turns import Turn

SignalKind = Literal[
    "exposure", "regulator", "lawyer", "media", "injury", "minor", "third_contact", "manager", "leaving", "repetition"
]
Rank = Literal["urgent", "high", "normal", "low"]
Direction = Literal["worse", "better"]


@dataclass(frozen=True, slots=True)
class Manner:
    """The customer's temperament so far: the readings of all turns, weighted by how much text each rests on.

    ``turns`` counts the customer's turns that could be read, ``characters`` their length. ``probabilities`` run over
    the five labels and sum to 1; with nothing read they are those of ``unclear``.
    """

    temperament: TemperamentLabel
    probabilities: dict[str, float]
    turns: int
    characters: int


@dataclass(frozen=True, slots=True)
class Signal:
    """A reason to take the case higher: what was said in which turn, and why it counts."""

    kind: SignalKind
    turn: int
    start: int
    end: int
    text: str
    why: str
    rank: Rank


@dataclass(frozen=True, slots=True)
class CustomerTurn:
    """One turn of the customer: its reading, the manner so far, and which earlier turn's demand it repeats, if any.

    ``risk`` is the forecast after this turn: the probability (0 to 1) that the conversation ends badly; ``None``
    where no forecast is at hand.
    """

    number: int
    turn: Turn
    reading: Reading
    manner: Manner
    repeats: int | None
    signals: tuple[Signal, ...]
    risk: float | None = None


@dataclass(frozen=True, slots=True)
class AgentTurn:
    """One turn of the agent, judged by the reading of the customer before it.

    ``answered`` is the time in minutes since the customer's first unanswered turn, ``None`` without times; ``trust``
    its score where a time was promised or the playbook sets one. ``moves`` are the moves of the guide made in it.
    ``promises`` are the words with which something was promised.
    """

    number: int
    turn: Turn
    findings: tuple[Finding, ...]
    answered: float | None
    trust: Trust | None
    moves: tuple[str, ...]
    promises: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """A customer's turn at which the state changed for the worse or the better, and the agent's turn before it."""

    turn: int
    before: StateLabel
    after: StateLabel
    direction: Direction
    after_agent_turn: int | None


@dataclass(frozen=True, slots=True)
class Promise:
    """Something an agent promised: the words, the turn, the span of time given (minutes) and whether it was kept.

    ``kept`` is ``None`` when the conversation does not show it.
    """

    turn: int
    text: str
    within: float | None
    kept: bool | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation, read.

    ``state`` leads over the customer's turns, ``last_state`` is that of his last one, ``manner`` his temperament over
    all. ``steps`` are the steps of the strategy for the leading state, ``done`` the numbers of those made. ``cause`` names
    the side the trouble comes from by the playbook's causes, where one is recognised. ``rank`` is the priority and
    ``reasons`` say why. ``step_in`` is the first turn at which the policy would have asked a supervisor in.
    """

    id: str
    turns: tuple[CustomerTurn | AgentTurn, ...]
    manner: Manner
    state: StateLabel
    last_state: StateLabel
    turning_points: tuple[TurningPoint, ...]
    signals: tuple[Signal, ...]
    rank: Rank
    reasons: tuple[str, ...]
    steps: tuple[str, ...]
    done: tuple[int, ...]
    promises: tuple[Promise, ...]
    cause: str | None
    closed_by: Literal["customer", "agent"] | None
    risk: float | None
    step_in: int | None
    agent: str = ""
    started: str = ""
    model: str = ""

    @property
    def customer_turns(self) -> tuple[CustomerTurn, ...]:
        """The customer's turns in their order."""
        return tuple(one for one in self.turns if isinstance(one, CustomerTurn))

    @property
    def agent_turns(self) -> tuple[AgentTurn, ...]:
        """The agent's turns in their order."""
        return tuple(one for one in self.turns if isinstance(one, AgentTurn))
