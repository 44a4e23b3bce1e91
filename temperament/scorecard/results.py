"""What a scorecard holds. Turns are counted from 1; spans count code points of a turn's text; shares run from 0 to 1."""

from dataclasses import dataclass
from typing import Literal

from temperament.playbook.shapes import Area


@dataclass(frozen=True, slots=True)
class Occasion:
    """One time at which something could be done, and whether it was.

    ``turn`` and the span ``start`` to ``end`` of its text show it; ``turn`` is ``None`` where the talk as a whole does
    not hold it. ``note`` says what was compared (an earlier turn, minutes, what was asked for), in the language asked for.
    """

    met: bool
    turn: int | None = None
    start: int = 0
    end: int = 0
    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One measure in one conversation. ``unseen`` says why the text cannot tell, and is empty where it can."""

    measure: str
    name: str
    area: Area
    occasions: tuple[Occasion, ...]
    unseen: str = ""
    neutral: bool = False

    @property
    def met(self) -> int:
        """How often it was done."""
        return sum(one.met for one in self.occasions)

    @property
    def chances(self) -> int:
        """How often there was occasion."""
        return len(self.occasions)

    @property
    def missed(self) -> tuple[Occasion, ...]:
        """The occasions on which it was not done."""
        return tuple(one for one in self.occasions if not one.met)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All measures of one conversation, in the playbook's order."""

    conversation: str
    agent: str
    items: tuple[Item, ...]

    @property
    def shown(self) -> tuple[Item, ...]:
        """The measures that the text tells something about."""
        return tuple(one for one in self.items if one.occasions)

    @property
    def unseen(self) -> tuple[Item, ...]:
        """The measures that it does not."""
        return tuple(one for one in self.items if not one.occasions)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A place in one of many conversations."""

    conversation: str
    occasion: Occasion


@dataclass(frozen=True, slots=True)
class Tally:
    """One measure over many conversations: done ``met`` times of ``chances``, in ``conversations`` of them.

    ``low`` to ``high`` is the 95 % Wilson interval of the share. ``missed`` are the first places where it was not done.
    ``unseen`` says why no conversation tells, ``practise`` is the guideline of the playbook to practise it with.
    """

    measure: str
    name: str
    area: Area
    met: int
    chances: int
    conversations: int
    low: float | None
    high: float | None
    missed: tuple[Whereabouts, ...]
    unseen: str = ""
    neutral: bool = False
    practise: str = ""

    @property
    def share(self) -> float | None:
        """The share that was done; ``None`` without occasions."""
        return self.met / self.chances if self.chances else None


@dataclass(frozen=True, slots=True)
class Rating:
    """One side of a rubric: the mean of the shares of its measures that had occasions enough.

    ``share`` is ``None`` where none had; ``unseen`` then says why. ``measures`` are those that count, ``few`` those with
    too few occasions to count.
    """

    rubric: str
    name: str
    share: float | None
    measures: tuple[str, ...]
    few: tuple[str, ...] = ()
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class Strain:
    """How hard an agent's conversations came, in the order of their times.

    ``longest`` is the longest run of conversations with upset customers, from ``first`` to ``last`` (their ids).
    ``earlier`` and ``later`` are the share of turns that show temper in the first and the second half.
    """

    longest: int
    first: str
    last: str
    earlier: float | None
    later: float | None


@dataclass(frozen=True, slots=True)
class AgentCard:
    """What one agent's conversations add up to; ``agent`` is empty for those without a name, and for all together.

    ``strain`` is ``None`` where the order of the conversations is not known or there are fewer than two.
    """

    agent: str
    conversations: int
    tallies: tuple[Tally, ...]
    ratings: tuple[Rating, ...]
    strain: Strain | None

    @property
    def practise(self) -> tuple[Tally, ...]:
        """The measures with occasions enough that were done least often, the lowest first."""
        enough = [one for one in self.tallies if not one.neutral and one.chances >= LEAST and one.met < one.chances]
        return tuple(sorted(enough, key=lambda one: (one.share or 0.0, -one.chances))[:MOST_PRACTISED])


@dataclass(frozen=True, slots=True)
class Voice:
    """Words of a customer about a matter, and where they stand."""

    conversation: str
    turn: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class MatterCount:
    """A matter that customers brought up: in how many conversations, and in which words.

    ``choleric`` is the number of those conversations whose customer deals with things like the choleric: manual 000
    calls their advice the most direct.
    """

    matter: str
    kind: Literal["policy", "need", "advice"]
    name: str
    conversations: int
    choleric: int
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class CustomerVoice:
    """A customer known by name over several conversations: turns with praise, and with criticism."""

    name: str
    conversations: int
    praise: int
    criticism: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What customers said for those who make the rules: matters by kind, the most frequent first, causes, and who said it."""

    conversations: int
    matters: tuple[MatterCount, ...]
    causes: tuple[tuple[str, int], ...]
    customers: tuple[CustomerVoice, ...]


@dataclass(frozen=True, slots=True)
class TeamCard:
    """The scorecard of many conversations: all together, each agent, and what customers said."""

    total: AgentCard
    agents: tuple[AgentCard, ...]
    heard: Heard


LEAST = 10
"""How many occasions a measure needs before its share counts in a rating (ours)."""
MOST_PRACTISED = 3
"""How many measures an agent is told to practise first."""
