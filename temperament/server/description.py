"""The OpenAPI description, made from the shapes that bodies are read with and results are written from."""

from dataclasses import dataclass
from functools import cache
from inspect import cleandoc
from typing import Any

import msgspec

from temperament import __version__
from temperament.advice import Advice
from temperament.conversation.results import Manner, Promise, Signal, StepMade, TurningPoint
from temperament.guidance import GuideView
from temperament.labels import Reading
from temperament.reply import Finding
from temperament.server import bodies
from temperament.server.problems import UNUSABLE
from temperament.server.settings import SHORTEST_KEY

_REFERENCES = "#/components/schemas/{name}"
_SHAPES: tuple[Any, ...] = (
    bodies.Classify,
    bodies.ClassifyBatch,
    bodies.Advise,
    bodies.Check,
    bodies.Conversation,
    bodies.MoreTurns,
    bodies.Feedback,
    bodies.NewRecord,
    Reading,
    Advice,
    Finding,
    GuideView,
    Manner,
    Signal,
    Promise,
    StepMade,
    TurningPoint,
)
_RENAMED = {"Conversation": "ConversationRequest", "Turn": "TurnSaid"}
_OBJECT: dict[str, Any] = {"type": "object"}
_TEXT: dict[str, Any] = {"type": "string"}
_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "description": "zh or en: the language of messages about what is wrong, and of the board.",
    "schema": _TEXT,
}


@dataclass(frozen=True, slots=True)
class _Call:
    """One address and method: what it does, the body it takes, what it answers, its parameters."""

    path: str
    method: str
    says: str
    answers: dict[str, Any]
    body: str = ""
    parameters: tuple[dict[str, Any], ...] = ()
    example: Any = None


@cache
def describe() -> bytes:
    """Return the description as JSON."""
    _, found = msgspec.json.schema_components(_SHAPES, ref_template=_REFERENCES)
    schemas = _named(dict(found)) | _further()
    schemas["Guide"] = _without_advice(schemas.pop("GuideView"))
    paths: dict[str, dict[str, Any]] = {}
    for call in _calls():
        paths.setdefault(call.path, {})[call.method] = _operation(call)
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "temperament",
            "version": __version__,
            "description": "How a customer deals with it and how they feel, what to do, what to say, what never to say. "
            "读懂客户：气质与情绪 → 处理步骤、可以说的话、不能说的话。Offsets count code points of the original text.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _keys()},
        "security": [{}, {"bearer": []}, {"key": []}],
    }
    return msgspec.json.encode(whole)


def _operation(call: _Call) -> dict[str, Any]:
    name = call.method + "".join(part.title() for part in call.path.replace("{", "").replace("}", "").split("/"))
    operation: dict[str, Any] = {
        "operationId": name.replace(":", "_"),
        "summary": call.says,
        "parameters": [*call.parameters, _LANGUAGE],
        "responses": call.answers | _errors(body=bool(call.body)),
    }
    if call.body:
        content: dict[str, Any] = {"schema": _reference(call.body)}
        if call.example is not None:
            content["example"] = call.example
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    return operation


def _calls() -> list[_Call]:
    identifier = {"name": "id", "in": "path", "required": True, "schema": _TEXT}
    said = "说好三天到，第九天了！"
    turns = [{"speaker": "customer", "text": said}]
    board = _answers("Board", also={"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _OBJECT})
    listed = _answers("FeedbackList", also={"application/jsonl": _TEXT})
    return [
        _Call(
            "/v1/classify", "post", "Read one message.", _answers("ReadingAnswer"), "Classify", example={"text": said}
        ),
        _Call(
            "/v1/classify:batch",
            "post",
            f"Read up to {bodies.MOST_TEXTS} messages.",
            _answers("Readings"),
            "ClassifyBatch",
            example={"texts": [said, "请问有货吗"]},
        ),
        _Call(
            "/v1/advise",
            "post",
            "Advice and where the conversation stands, for words or labels.",
            _answers("Advised"),
            "Advise",
            example={"state": "angry", "temperament": "choleric", "channel": "phone", "history": turns},
        ),
        _Call(
            "/v1/check",
            "post",
            "What to change in a draft reply.",
            _answers("Findings"),
            "Check",
            example={"reply": "您先冷静一下。", "state": "angry", "channel": "chat"},
        ),
        _Call(
            "/v1/conversations",
            "post",
            "Analyse a whole conversation; with live, make one that turns can be added to.",
            _answers("ConversationAnswer") | _answers("Made", "201"),
            "ConversationRequest",
            example={"turns": [*turns, {"speaker": "agent", "text": "您先冷静一下。"}]},
        ),
        _Call(
            "/v1/conversations/{id}",
            "get",
            "A live conversation as it stands.",
            _answers("ConversationAnswer"),
            parameters=(identifier,),
        ),
        _Call("/v1/conversations/{id}", "delete", "Forget a live conversation.", _none(), parameters=(identifier,)),
        _Call(
            "/v1/conversations/{id}/turns",
            "post",
            "Add turns; answers with the whole, and the new turns read.",
            _answers("ConversationAnswer"),
            "MoreTurns",
            (identifier,),
            {"turns": turns},
        ),
        _Call(
            "/v1/conversations/{id}/events",
            "get",
            "Server-sent events: turn for every turn, conversation for what they add up to, end when it is over.",
            {"200": {"description": "Events.", "content": {"text/event-stream": {"schema": _TEXT}}}},
            parameters=(identifier, _query("after", "Number of the last turn that is known (or Last-Event-ID).")),
        ),
        _Call(
            "/v1/feedback",
            "post",
            "Accept, correct or dispute a reading; personal data is masked before it is stored.",
            _answers("Kept", "201"),
            "Feedback",
            example={
                "text": said,
                "reading": {"temperament": "unclear", "state": "calm"},
                "verdict": "correct",
                "labels": {"state": "anxious"},
                "reason": "在催货",
            },
        ),
        _Call(
            "/v1/feedback",
            "get",
            "All feedback; as jsonl in the shape temperament train --feedback takes.",
            listed,
            parameters=(_query("format", "Json by default.", ["json", "jsonl"]),),
        ),
        _Call(
            "/v1/board",
            "get",
            "What a day's cases add up to, for team leads.",
            board,
            parameters=(
                _query("day", "Written 2026-11-22; today by default."),
                _query("format", "Json by default.", ["json", "xlsx"]),
            ),
        ),
        _Call("/v1/cases/{id}/handled", "post", "Take a case off the waiting list.", _none(), parameters=(identifier,)),
        _Call(
            "/v1/forms",
            "get",
            "The fields of the record form, with how to ask for each.",
            _answers("RecordForm"),
            parameters=(_query("industry", "Hotel, property or food.", ["hotel", "property", "food"]),),
        ),
        _Call(
            "/v1/records",
            "post",
            "Open a case: read, graded, with what is due and what is still wanted; personal data is masked.",
            _answers("Recorded", "201"),
            "NewRecord",
            example={"text": said, "channel": "phone", "customer": "vip-7", "fields": {"wish": "退款"}},
        ),
        _Call("/healthz", "get", "Whether the service lives.", _answers("Health")),
        _Call(
            "/metrics",
            "get",
            "Counters in Prometheus' text format.",
            {"200": {"description": "Counters.", "content": {"text/plain": {"schema": _TEXT}}}},
        ),
    ]


def _further() -> dict[str, Any]:
    """Return the shapes of answers that are put together from others."""
    some = {"type": "array", "items": _OBJECT}
    some_texts = {"type": "array", "items": _TEXT}
    reading = {"allOf": [_reference("Reading"), _properties(required=(), advice=_reference("Advice"))]}
    pieces = {"signals": "Signal", "promises": "Promise", "steps": "StepMade", "turning_points": "TurningPoint"}
    lists = {name: {"type": "array", "items": _reference(kind)} for name, kind in pieces.items()}
    whole = lists | {"manner": _reference("Manner"), "id": _TEXT, "state": _TEXT, "rank": _TEXT, "turns": some}
    error = _properties(code=_TEXT, message=_TEXT, zh=_TEXT, en=_TEXT)
    return {
        "ReadingAnswer": reading,
        "Readings": _properties(readings={"type": "array", "items": _reference("ReadingAnswer")}),
        "Advised": _properties(reading=_reference("Reading"), advice=_reference("Advice"), guide=_reference("Guide")),
        "Findings": _properties(reply=_TEXT, findings={"type": "array", "items": _reference("Finding")}),
        "ConversationAnswer": _properties(**whole),
        "Made": _properties(id=_TEXT, turns=_TEXT, events=_TEXT),
        "Kept": _properties(id={"type": "integer"}, verdict=_TEXT),
        "FeedbackList": _properties(feedback=some),
        "Board": _properties(
            day=_TEXT,
            cases={"type": "integer"},
            states=some,
            temperaments=some,
            rising=some,
            findings=some,
            agents=some,
            waiting=some,
            due=some,
        ),
        "RecordForm": _properties(fields=some),
        "Recorded": _properties(
            id=_TEXT, stage=_TEXT, state=_TEXT, priority=_TEXT, topics=some_texts, due=some, wanted=some
        ),
        "Health": _properties(status=_TEXT),
        "Error": _properties(error=error),
    }


def _named(schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas under names that say what they are."""
    text = msgspec.json.encode(schemas).decode()
    for name, better in _RENAMED.items():
        text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{better}"')
    named: dict[str, Any] = msgspec.json.decode(text)
    said = {name: {"description": cleandoc(one.get("description", ""))} for name, one in named.items()}
    return {_RENAMED.get(name, name): one | said[name] for name, one in named.items()}


def _without_advice(view: dict[str, Any]) -> dict[str, Any]:
    """Return the shape of where a conversation stands; the advice stands beside it."""
    fields = {name: kind for name, kind in view["properties"].items() if name != "advice"}
    return view | {"properties": fields, "required": list(fields)}


def _properties(required: tuple[str, ...] | None = None, **fields: Any) -> dict[str, Any]:
    names = list(fields) if required is None else list(required)
    return {"type": "object", "properties": fields, "required": names}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": _REFERENCES.format(name=name)}


def _answers(schema: str, status: str = "200", also: dict[str, Any] | None = None) -> dict[str, Any]:
    content = {"application/json": {"schema": _reference(schema)}}
    content |= {kind: {"schema": one} for kind, one in (also or {}).items()}
    return {status: {"description": "Done.", "content": content}}


def _none() -> dict[str, Any]:
    return {"204": {"description": "Done."}}


def _errors(*, body: bool) -> dict[str, Any]:
    """Return the answers for what is wrong: those about a body only where there is one."""
    of_bodies = {"bad_json", "timeout", "full", "not_json"}
    kinds: dict[str, list[str]] = {}
    for code, (status, _, english) in UNUSABLE.items():
        if body or code not in of_bodies:
            kinds.setdefault(str(status), []).append(f"{code}: {english}")
    content = {"application/json": {"schema": _reference("Error")}}
    return {status: {"description": " ".join(said), "content": content} for status, said in kinds.items()}


def _query(name: str, says: str, allowed: list[str] | None = None) -> dict[str, Any]:
    schema = _TEXT | ({"enum": allowed} if allowed else {})
    return {"name": name, "in": "query", "description": says, "schema": schema}


def _keys() -> dict[str, Any]:
    says = f"Asked for where the service was started with keys; at least {SHORTEST_KEY} characters."
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": says},
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": says},
    }
