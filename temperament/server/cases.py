"""A case as it is kept for the board: labels and ids, and a few words that the store masks."""

from dataclasses import dataclass

from temperament.advice.cues import find_signals
from temperament.conversation.results import Conversation
from temperament.labels import NEUTRAL, Reading
from temperament.playbook import Playbook


@dataclass(frozen=True, slots=True)
class Said:
    """One finding in an agent's words: the rule, how grave it is, and the words."""

    rule: str
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """One message or conversation.

    ``text`` are the customer's last words, ``signals`` and ``cause`` ids of the playbook, ``rank`` the priority;
    ``escalate`` says that somebody higher must take it. ``id`` is empty where the store has to give one.
    """

    id: str
    channel: str
    agent: str
    text: str
    state: str
    temperament: str
    rank: str
    escalate: bool
    signals: tuple[str, ...] = ()
    cause: str = ""
    findings: tuple[Said, ...] = ()


def case_of(one: Conversation, identifier: str, channel: str, book: Playbook) -> Case:
    """Return the case of a conversation; ``identifier`` is empty where it has none of its own."""
    customer = one.customer_turns
    findings = (finding for turn in one.agent_turns for finding in turn.findings)
    return Case(
        id=identifier,
        channel=channel,
        agent=one.agent,
        text=customer[-1].turn.text if customer else "",
        state=one.state,
        temperament=one.manner.temperament,
        rank=one.rank,
        escalate=any(signal.escalate for signal in one.signals),
        signals=tuple(signal.kind for signal in one.signals if signal.kind in book.signals),
        cause=one.cause.entry if one.cause else "",
        findings=tuple(Said(one.rule, one.level, one.text) for one in findings if one.text),
    )


def case_of_reading(reading: Reading, channel: str, book: Playbook) -> Case:
    """Return the case of a single message."""
    found = find_signals(reading.text, book)
    upset = reading.state != NEUTRAL["state"]
    rank = "urgent" if any(one.at_once for one in found) else "high" if any(one.escalate for one in found) else ""
    return Case(
        id="",
        channel=channel,
        agent="",
        text=reading.text,
        state=reading.state,
        temperament=reading.temperament,
        rank=rank or ("normal" if upset else "low"),
        escalate=any(one.escalate for one in found),
        signals=tuple(one.id for one in found),
    )
