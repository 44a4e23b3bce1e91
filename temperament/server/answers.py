"""The shapes of answers that are put together from the package's results, for the OpenAPI description."""

from typing import Any

from temperament.conversation.results import RANKS, FoundCause, Manner, Promise, Signal, StepMade, TurningPoint
from temperament.labels import STATES
from temperament.promises import Trust

SHAPES: tuple[type, ...] = (FoundCause, Manner, Promise, Signal, StepMade, Trust, TurningPoint)
"""The results that the shapes here refer to."""
REFERENCES = "#/components/schemas/{name}"
_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "number"}
_WHOLE: dict[str, Any] = {"type": "integer"}
_SOME: dict[str, Any] = {"type": "array", "items": {"type": "object"}}
_EVENTS = {"turn": "TurnRead", "conversation": "ConversationRead", "end": "Ended"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}


def reference(name: str) -> dict[str, Any]:
    """Return a reference to a shape."""
    return {"$ref": REFERENCES.format(name=name)}


def properties(required: tuple[str, ...] | None = None, /, **fields: Any) -> dict[str, Any]:
    """Return an object of these fields, all required where nothing else is said."""
    names = list(fields) if required is None else list(required)
    return {"type": "object", "properties": fields, "required": names}


def shapes() -> dict[str, Any]:
    """Return all shapes by their names."""
    advised = {"advice": reference("Advice")}
    error = properties(code=_TEXT, message=_TEXT, zh=_TEXT, en=_TEXT)
    return _of_conversations() | {
        "ReadingAnswer": {"allOf": [reference("Reading"), properties((), **advised)]},
        "Readings": properties(readings=_list("ReadingAnswer")),
        "Advised": properties(reading=reference("Reading"), **advised, guide=reference("Guide")),
        "Findings": properties(reply=_TEXT, findings=_list("Finding")),
        "Made": properties(id=_TEXT, turns=_TEXT, events=_TEXT),
        "Kept": properties(id=_WHOLE, verdict=_TEXT),
        "FeedbackList": properties(feedback=_SOME),
        "Board": properties(day=_TEXT, cases=_WHOLE, **dict.fromkeys(_BOARD, _SOME)),
        "RecordForm": properties(fields=_SOME),
        "Recorded": properties(
            **dict.fromkeys(("id", "stage", "state", "priority"), _TEXT), topics=_TEXTS, due=_SOME, wanted=_SOME
        ),
        "Health": properties(status=_TEXT),
        "Error": properties(error=error),
    }


_BOARD = ("states", "temperaments", "rising", "findings", "agents", "waiting", "due")


def _of_conversations() -> dict[str, Any]:
    """Return what a conversation adds up to, its turns as they were read, and the data of the events of a stream."""
    read = properties(
        **dict.fromkeys(("id", "agent", "started", "model"), _TEXT),
        **dict.fromkeys(("state", "last_state"), {"enum": list(STATES)}),
        rank={"enum": list(RANKS)},
        closed_by={"enum": ["customer", "agent", None]},
        risk=_or_null(_NUMBER),
        step_in=_or_null(_WHOLE),
        manner=reference("Manner"),
        cause=_or_null(reference("FoundCause")),
        **dict.fromkeys(("reasons", "notes"), _TEXTS),
        turning_points=_list("TurningPoint"),
        signals=_list("Signal"),
        steps=_list("StepMade"),
        promises=_list("Promise"),
    )
    turns = {"type": "array", "items": reference("TurnRead")}
    return {
        "ConversationRead": read,
        "ConversationAnswer": {"allOf": [reference("ConversationRead"), properties(turns=turns)]},
        "TurnRead": {"oneOf": [_customer_turn(), _agent_turn(), _said("other")]},
        "Event": {"oneOf": [_event(name, shape) for name, shape in _EVENTS.items()]},
        "Ended": {"type": "object", "maxProperties": 0},
    }


def _event(name: str, shape: str) -> dict[str, Any]:
    """Return one kind of event as a client has it: its name, its data as text that is JSON, and the number of a turn.

    What is sent without an id has, by the standard, the last one that was sent.
    """
    data = _TEXT | {"contentMediaType": "application/json", "contentSchema": reference(shape)}
    last = _TEXT | {"pattern": "^[1-9][0-9]*$"}
    required = ("event", "data", "id") if name == "turn" else ("event", "data")
    return properties(required, event={"const": name}, data=data, id=last) | {"additionalProperties": False}


def _customer_turn() -> dict[str, Any]:
    fields = {"manner": reference("Manner"), "repeats": _or_null(_WHOLE), "signals": _list("Signal")}
    return _said("customer", reference("Reading"), properties(**fields, risk=_or_null(_NUMBER)))


def _agent_turn() -> dict[str, Any]:
    by = properties(late={"type": "boolean"}, left=_NUMBER, by={"enum": ["promise", "clock"]})
    trust = {"allOf": [reference("Trust"), by]}
    fields = {"findings": _list("Finding"), "answered": _or_null(_NUMBER), "trust": _or_null(trust)}
    return _said("agent", properties(**fields, moves=_TEXTS, promises=_TEXTS))


def _said(speaker: str, *further: dict[str, Any]) -> dict[str, Any]:
    """Return what every turn has, and what the turns of this side have beside that."""
    said = properties(number=_WHOLE | {"minimum": 1}, speaker={"const": speaker}, name=_TEXT, time=_TEXT, text=_TEXT)
    return {"allOf": [said, *further]}


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": reference(name)}


def _or_null(shape: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [shape, {"type": "null"}]}
