"""Which conversations somebody should look at first."""

from collections.abc import Iterable

from temperament.conversation.results import RANKS, Conversation
from temperament.labels import NEUTRAL


def needs_attention(conversation: Conversation) -> bool:
    """Tell whether a conversation asks for somebody's eye.

    It does when its rank is urgent or high, the policy would have stepped in, a reply holds what must be changed, or a
    promise was broken.
    """
    return (
        conversation.rank in {"urgent", "high"}
        or conversation.step_in is not None
        or errors(conversation) > 0
        or any(one.kept is False for one in conversation.promises)
    )


def by_attention(conversations: Iterable[Conversation]) -> list[Conversation]:
    """Return conversations with those to look at first in front.

    They stand by rank, then the forecast, then the number of grave findings, then whether they ended upset; equals
    keep their order.
    """
    return sorted(conversations, key=_urgency)


def errors(conversation: Conversation) -> int:
    """Return how many findings of the level ``error`` a conversation has."""
    return sum(one.level == "error" for turn in conversation.agent_turns for one in turn.findings)


def _urgency(one: Conversation) -> tuple[int, float, int, bool]:
    upset = one.last_state != NEUTRAL["state"]
    return RANKS.index(one.rank), -(one.risk or 0.0), -errors(one), not upset
