"""What advice is made of: plain frozen values that can be written as JSON."""

from dataclasses import dataclass

from temperament.language import Language


@dataclass(frozen=True, slots=True)
class Guidance:
    """One piece of advice in plain words, the playbook entry it stands in and its source."""

    text: str
    entry: str
    source: str


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence the agent can say.

    ``meaning`` is its English gloss; ``step`` the step it serves, from 1 (0: any); ``part`` its place in a reply where
    it has one (opening, empathy, question, options, commitment, closing). A slot that could not be filled stays
    visible as 【…】.
    """

    text: str
    meaning: str
    step: int
    source: str
    part: str = ""


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

    ``signals`` names the playbook's signals found in the customer's words. ``to`` is the playbook's id of who takes
    over and ``who`` their name, ``tell`` what to hand over, ``say`` what to tell the customer; all are empty where
    nothing is needed.
    """

    needed: bool
    reason: str
    signals: tuple[str, ...] = ()
    to: str = ""
    who: str = ""
    tell: str = ""
    say: tuple[Saying, ...] = ()


@dataclass(frozen=True, slots=True)
class PossibleCause:
    """A cause to look into, and on whose side it lies: customer, organisation or accident (empty: it may be either)."""

    text: str
    side: str
    entry: str
    source: str


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that is missing: the field of the record, its name, and how to ask for it."""

    field: str
    name: str
    text: str
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class Done:
    """A step that has been done: its number, its move, in which turn (both from 1), and by which words.

    ``turn`` is 0 and ``words`` empty where the move was named rather than found.
    """

    step: int
    move: str
    turn: int
    words: str


@dataclass(frozen=True, slots=True)
class Clocks:
    """How a case is graded and when it has to move, in minutes from its receipt; ``progress`` is the reporting rhythm."""

    impact: str
    urgency: str
    acknowledge: int
    reply: int
    progress: int
    entry: str
    source: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do with a customer who reads like this.

    ``principle`` and ``steps``, in order, are those of the strategy that leads; ``present`` is the number of the step
    to take now and ``done`` lists those found in the history; ``tuning`` says how to go about them with this
    temperament, group and tag. ``now`` is what to say now, in order; ``say`` all sentences for the steps; ``ask`` the
    facts still missing; ``notes`` what to mind in this channel, state and line of business; ``causes`` what may lie
    behind. ``pace`` is quick, even or slow, ``longest_silence`` the seconds one may listen without a word (``None``: no
    limit given), ``priority`` low, normal or high, ``clocks`` the deadlines that follow. ``sources`` lists every source
    line used, in the order of first use; ``ours`` marks this project's own. ``near_groups`` names the customer
    groups next to this reading by our own crosswalk, to be confirmed by whoever knows the customer.
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
    present: int
    done: tuple[Done, ...]
    now: tuple[Saying, ...]
    ask: tuple[Question, ...]
    notes: tuple[Guidance, ...]
    causes: tuple[PossibleCause, ...]
    clocks: Clocks
    longest_silence: int | None
    channel: str | None
    industry: str | None
    group: str | None
    near_groups: tuple[str, ...]
