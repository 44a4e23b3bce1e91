"""Results as JSON, one object a line, in the shape of the public contract."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from temperament.advice import Advice
    from temperament.conversation.results import AgentTurn, Conversation, CustomerTurn, Manner, OtherTurn
    from temperament.labels import Evidence, Reading
    from temperament.promises import Trust
    from temperament.reply import Finding
    from temperament.scorecard import AgentCard, Scorecard, TeamCard
    from temperament.topics import Message, Report, Topic

_SURROGATES = re.compile("[\ud800-\udfff]")


def json_line(value: dict[str, Any], default: Callable[[Any], Any] | None = None) -> str:
    """Return one line of JSON; characters that UTF-8 cannot hold (lone surrogates) are escaped.

    ``default`` turns values that JSON does not have into ones that it has.
    """
    return json_text(value, default)


def json_text(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    """Return any value as ``json_line`` writes it."""
    line = json.dumps(value, ensure_ascii=False, default=default)
    return _SURROGATES.sub(lambda match: f"\\u{ord(match.group()):04x}", line)


def reading_json(reading: "Reading", advice: "Advice | None" = None) -> dict[str, Any]:
    """Return a reading, and its advice if given, in the shape of the public contract."""
    value = {
        "text": reading.text,
        "temperament": reading.temperament,
        "state": reading.state,
        "also": list(reading.also),
        "temperament_probabilities": _rounded(reading.temperament_probabilities),
        "state_probabilities": _rounded(reading.state_probabilities),
        "present_probabilities": _rounded(reading.present_probabilities),
        "confidence": reading.confidence,
        "reason": reading.reason,
        "evidence": evidence_json(reading.evidence),
        "model": reading.model,
    }
    return value | {"advice": asdict(advice)} if advice else value


def evidence_json(evidence: "Sequence[Evidence]") -> list[dict[str, Any]]:
    """Return pieces of evidence in the shape of the public contract."""
    return [asdict(piece) for piece in evidence]


def findings_json(reply: str, findings: "Sequence[Finding]") -> dict[str, Any]:
    """Return what was found in one reply, in the shape of the public contract."""
    return {"reply": reply, "findings": [asdict(one) for one in findings]}


def conversation_json(one: "Conversation") -> dict[str, Any]:
    """Return a conversation: what it adds up to, then its turns, each with what it shows. Times are in minutes."""
    summary = {
        name: getattr(one, name)
        for name in ("id", "agent", "started", "state", "last_state", "rank", "closed_by", "risk", "step_in", "model")
    }
    pieces = {
        name: [asdict(piece) for piece in getattr(one, name)]
        for name in ("turning_points", "signals", "steps", "promises")
    }
    return {
        **summary,
        "manner": _manner_json(one.manner),
        "reasons": list(one.reasons),
        "cause": asdict(one.cause) if one.cause else None,
        **pieces,
        "notes": list(one.notes),
        "turns": [_turn_json(turn) for turn in one.turns],
    }


def scorecard_json(one: "Scorecard") -> dict[str, Any]:
    """Return a scorecard: every measure with its counts and occasions, or why the text does not tell."""
    return {
        "items": [
            {
                "measure": item.measure,
                "name": item.name,
                "area": item.area,
                "met": item.met,
                "chances": item.chances,
                "neutral": item.neutral,
                "unseen": item.unseen,
                "occasions": [asdict(occasion) for occasion in item.occasions],
            }
            for item in one.items
        ]
    }


def team_card_json(one: "TeamCard") -> dict[str, Any]:
    """Return the scorecard of many conversations: everybody's, each agent's, and what customers said."""
    return {
        "total": _agent_card_json(one.total),
        "agents": [_agent_card_json(agent) for agent in one.agents],
        "heard": asdict(one.heard),
    }


def _agent_card_json(one: "AgentCard") -> dict[str, Any]:
    tallies = [asdict(tally) | {"share": tally.share} for tally in one.tallies]
    return asdict(one) | {"tallies": tallies, "practise": [tally.measure for tally in one.practise]}


def _turn_json(one: "CustomerTurn | AgentTurn | OtherTurn") -> dict[str, Any]:
    from temperament.conversation.results import CustomerTurn, OtherTurn

    said = {"number": one.number, "speaker": one.turn.speaker, "name": one.turn.name, "time": one.turn.time}
    if isinstance(one, CustomerTurn):
        return {
            **said,
            **reading_json(one.reading),
            "manner": _manner_json(one.manner),
            "repeats": one.repeats,
            "signals": [asdict(signal) for signal in one.signals],
            "risk": one.risk,
        }
    said["text"] = one.turn.text
    if isinstance(one, OtherTurn):
        return said
    return {
        **said,
        "findings": [asdict(finding) for finding in one.findings],
        "answered": one.answered,
        "trust": trust_json(one.trust) | {"by": one.by} if one.trust else None,
        "moves": list(one.moves),
        "promises": list(one.promises),
    }


def _manner_json(one: "Manner") -> dict[str, Any]:
    return asdict(one) | {"probabilities": _rounded(one.probabilities)}


def _rounded(chances: dict[str, float]) -> dict[str, float]:
    return {label: round(chance, 8) for label, chance in chances.items()}


def trust_json(one: "Trust") -> dict[str, Any]:
    """Return a trust score; times in minutes."""
    return asdict(one) | {"late": one.late, "left": one.left}


def topics_of_json(message: "Message", topics: "Sequence[Topic]") -> dict[str, Any]:
    """Return one message and its topics."""
    return {"id": message.id, "text": message.text, "topics": [asdict(one) for one in topics]}


def topics_json(report: "Report") -> dict[str, Any]:
    """Return what many messages are about; times are ISO 8601 as in the file."""
    found = asdict(report)
    for one in found["bursts"]:
        one |= {"begins": one["begins"].isoformat(), "ends": one["ends"].isoformat()}
    return found
