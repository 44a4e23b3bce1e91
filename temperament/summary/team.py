"""What a team did, agent by agent: plain counts and means of the conversations, nothing guessed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from temperament.conversation.results import Conversation
from temperament.labels import NEUTRAL, STATES
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.shapes import Side
from temperament.promises import report
from temperament.reply import LEVELS, MISSING
from temperament.summary.attention import needs_attention
from temperament.summary.coaching import Coaching, coaching, merge
from temperament.summary.peaks import Day, Peak, days, peaks


@dataclass(frozen=True, slots=True)
class AgentSummary:
    """What one agent's conversations show; ``agent`` is empty where no name is known.

    ``findings`` counts by kind, the most frequent first, ``missing`` the parts that replies lack by rule, ``levels`` both
    by level. ``response`` is the mean time in minutes in
    which a customer was answered, over ``timed`` turns with times; ``trust`` the mean score, of which ``late`` were
    below 0. ``steps`` is the share (0 to 1) of the steps made where the customer was upset, ``ended_calm`` the share of
    conversations whose last state is calm. Shares and means are ``None`` where there is nothing to count.
    """

    agent: str
    conversations: int
    turns: int
    findings: Mapping[str, int]
    missing: Mapping[str, int]
    levels: Mapping[str, int]
    response: float | None
    timed: int
    trust: float | None
    late: int
    promises: int
    broken: int
    steps: float | None
    ended_calm: float | None
    attention: int
    coaching: tuple[Coaching, ...]


@dataclass(frozen=True, slots=True)
class CauseCount:
    """A cause of the playbook, the side it lies on, and in how many conversations it shows."""

    text: str
    side: Side
    conversations: int


@dataclass(frozen=True, slots=True)
class TeamSummary:
    """All conversations together. ``total`` counts over all agents, ``agents`` each by itself, the busiest first.

    ``led`` and ``ended`` count conversations by the state that led and the last one (all five states), ``signals`` by
    the name of the signal. ``unexplained`` conversations show no cause. ``undated`` ones are in no day.
    """

    total: AgentSummary
    agents: tuple[AgentSummary, ...]
    customer_turns: int
    led: Mapping[str, int]
    ended: Mapping[str, int]
    signals: Mapping[str, int]
    causes: tuple[CauseCount, ...]
    unexplained: int
    days: tuple[Day, ...]
    undated: int
    peaks: tuple[Peak, ...]


def summarise(conversations: Sequence[Conversation], language: Language, book: Playbook | None = None) -> TeamSummary:
    """Return the summary of many conversations; ``book`` is the playbook they were analysed with."""
    points = {id(one): coaching(one, language, book) for one in conversations}
    groups: dict[str, list[Conversation]] = defaultdict(list)
    for one in conversations:
        groups[one.agent].append(one)
    agents = [_agent(name, group, points) for name, group in groups.items()]
    dated = days(conversations)
    causes = Counter((one.cause.text, one.cause.side) for one in conversations if one.cause is not None)
    return TeamSummary(
        total=_agent("", conversations, points),
        agents=tuple(sorted(agents, key=lambda one: (-one.conversations, one.agent))),
        customer_turns=sum(len(one.customer_turns) for one in conversations),
        led=_states(one.state for one in conversations),
        ended=_states(one.last_state for one in conversations),
        signals=_counted(name for one in conversations for name in {signal.name for signal in one.signals}),
        causes=tuple(CauseCount(text, side, count) for (text, side), count in causes.most_common()),
        unexplained=sum(one.cause is None for one in conversations),
        days=dated,
        undated=len(conversations) - sum(one.conversations for one in dated),
        peaks=peaks(conversations),
    )


def _agent(
    name: str, conversations: Sequence[Conversation], points: Mapping[int, tuple[Coaching, ...]]
) -> AgentSummary:
    turns = [turn for one in conversations for turn in one.agent_turns]
    findings = [finding for turn in turns for finding in turn.findings]
    levels = Counter(one.level for one in findings)
    answered = [turn.answered for turn in turns if turn.answered is not None]
    trust = report(turn.trust for turn in turns if turn.trust is not None)
    promises = [promise for one in conversations for promise in one.promises]
    return AgentSummary(
        agent=name,
        conversations=len(conversations),
        turns=len(turns),
        findings=_counted(one.kind for one in findings),
        missing=_counted(one.rule for one in findings if one.kind == MISSING),
        levels={level: levels[level] for level in LEVELS},
        response=_mean(answered),
        timed=len(answered),
        trust=trust.mean,
        late=trust.late,
        promises=len(promises),
        broken=sum(one.kept is False for one in promises),
        steps=_steps_made(conversations),
        ended_calm=_mean([one.last_state == NEUTRAL["state"] for one in conversations if one.customer_turns]),
        attention=sum(map(needs_attention, conversations)),
        coaching=merge(point for one in conversations for point in points[id(one)]),
    )


def _steps_made(conversations: Iterable[Conversation]) -> float | None:
    """Return the share of steps made in conversations with an upset customer and at least one answer."""
    steps = [
        step.turn is not None
        for one in conversations
        if one.state != NEUTRAL["state"] and one.agent_turns
        for step in one.steps
    ]
    return _mean(steps)


def _states(labels: Iterable[str]) -> dict[str, int]:
    counted = Counter(labels)
    return {state: counted[state] for state in STATES}


def _counted(names: Iterable[str]) -> dict[str, int]:
    """Return how often each name comes, the most frequent first, equals by name."""
    return dict(sorted(Counter(names).items(), key=lambda one: (-one[1], one[0])))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
