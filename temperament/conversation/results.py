"""What the analysis of a conversation returns. Turns are counted from 1; spans count code points of a turn's text."""

from dataclasses import dataclass
from typing import Literal, get_args

from temperament.labels import Reading, StateLabel, TemperamentLabel
from temperament.playbook.shapes import Side
from temperament.promises import Trust
from temperament.reply import Finding
from temperament.turns import Turn

Rank = Literal["urgent", "high", "normal", "low"]
RANKS: tuple[Rank, ...] = get_args(Rank)
"""From the first to be taken up to the last."""
Direction = Literal["worse", "better"]
Promised = Literal["promise", "clock"]
REPETITION = "repetition"
"""The kind of the one signal that is no entry of the playbook: the same demand made again."""


@dataclass(frozen=True, slots=True)
class Manner:
    """The customer's temperament so far; ``running_manner`` says how the evidence of the turns adds up.

    ``turns`` counts the customer's turns that could be read, ``characters`` their length. ``probabilities`` run over
    the five labels and sum to 1; with nothing read they are the base rates of the model and the label is ``unclear``.
    """

    temperament: TemperamentLabel
    probabilities: dict[str, float]
    turns: int
    characters: int


@dataclass(frozen=True, slots=True)
class Signal:
    """A reason to take the case higher: what was said in which turn, and why it counts.

    ``kind`` is the id of the playbook's signal (``signal.regulator``, ``signal.publicity`` …) or ``repetition``;
    ``name`` what it is called, ``why`` what to do about it, both in the language of the analysis. ``escalate`` says
    that somebody higher must take it.
    """

    kind: str
    name: str
    turn: int
    start: int
    end: int
    text: str
    why: str
    rank: Rank
    escalate: bool


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

    ``answered`` is the time in minutes since the customer's first unanswered turn, ``None`` without times. ``trust``
    is the score of the answer against the time it was due in; ``by`` says what set that time: an earlier ``promise``,
    or the ``clock`` of the playbook for first replies. ``moves`` are the moves of the guide made in it. ``promises``
    are the words with which something was promised.
    """

    number: int
    turn: Turn
    findings: tuple[Finding, ...]
    answered: float | None
    trust: Trust | None
    moves: tuple[str, ...]
    promises: tuple[str, ...]
    by: Promised | None = None


@dataclass(frozen=True, slots=True)
class OtherTurn:
    """A turn of neither side, or of somebody who is not known: it is kept, and nothing is read in it."""

    number: int
    turn: Turn


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

    ``kind`` is the id of the playbook's pledge. ``kept`` is ``None`` when the conversation does not show it;
    ``shown_in`` is the turn that shows it, ``taken`` how long it took (minutes) where the agent's own turn delivers and
    times are known: a promise kept too late is not kept.
    """

    turn: int
    text: str
    within: float | None
    kept: bool | None
    kind: str = ""
    shown_in: int | None = None
    taken: float | None = None


@dataclass(frozen=True, slots=True)
class FoundCause:
    """A cause of the playbook whose words the customer uses: the side it lies on, what it is, and where it shows."""

    entry: str
    side: Side
    text: str
    turn: int
    words: str


@dataclass(frozen=True, slots=True)
class StepMade:
    """One step of the strategy for the leading state, and the agent's turn that made it.

    ``turn`` is ``None`` where none did, 0 where the move was named as done.
    """

    text: str
    move: str
    turn: int | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation, read.

    ``state`` leads over the customer's turns, ``last_state`` is that of his last one that could be read, ``manner`` his
    temperament over all. ``steps`` are the steps of the strategy for the leading state. ``cause`` is the cause of the
    trouble, where the words show one. ``rank`` is the priority and ``reasons`` say why. ``risk`` is the forecast after
    the last turn, ``step_in`` the first turn at which the policy would have asked a supervisor in. ``notes`` say what
    could not be used (unknown speakers, times that cannot be read).
    """

    id: str
    turns: tuple[CustomerTurn | AgentTurn | OtherTurn, ...]
    manner: Manner
    state: StateLabel
    last_state: StateLabel
    turning_points: tuple[TurningPoint, ...]
    signals: tuple[Signal, ...]
    rank: Rank
    reasons: tuple[str, ...]
    steps: tuple[StepMade, ...]
    promises: tuple[Promise, ...]
    cause: FoundCause | None
    closed_by: Literal["customer", "agent"] | None
    risk: float | None = None
    step_in: int | None = None
    agent: str = ""
    started: str = ""
    model: str = ""
    notes: tuple[str, ...] = ()

    @property
    def customer_turns(self) -> tuple[CustomerTurn, ...]:
        """The customer's turns in their order."""
        return tuple(one for one in self.turns if isinstance(one, CustomerTurn))

    @property
    def agent_turns(self) -> tuple[AgentTurn, ...]:
        """The agent's turns in their order."""
        return tuple(one for one in self.turns if isinstance(one, AgentTurn))

    @property
    def repeated(self) -> tuple[CustomerTurn, ...]:
        """The customer's turns that make an earlier demand again."""
        return tuple(one for one in self.customer_turns if one.repeats is not None)

    @property
    def missing(self) -> tuple[StepMade, ...]:
        """The steps that no turn of the agent made."""
        return tuple(one for one in self.steps if one.turn is None)
