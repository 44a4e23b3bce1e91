"""The OpenAPI description, made from the shapes that bodies are read with and results are written from."""

from dataclasses import dataclass
from functools import cache
from inspect import cleandoc
from typing import Any

import msgspec

from temperament import __version__
from temperament.advice import Advice
from temperament.guidance import GuideView
from temperament.labels import Reading
from temperament.reply import Finding
from temperament.server import answers, bodies
from temperament.server.answers import REFERENCES, reference
from temperament.server.problems import UNUSABLE
from temperament.server.repeats import HEADER, LONGEST_KEY, MOST_KEYS, REPLAYED
from temperament.server.settings import SHORTEST_KEY

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
    *answers.SHAPES,
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

_REPEAT = {
    "name": HEADER,
    "in": "header",
    "description": f"Any text that is new for every new request ({LONGEST_KEY} visible ASCII characters at most, a UUID for "
    "example). Where an answer was lost, send the same body with the same key again: the turns are added once, and the "
    f"answer is the first one, with {REPLAYED}: true. Another body under the same key is a 422. The latest {MOST_KEYS} keys "
    "of a conversation are known (fewer where answers are long); a request that was refused uses up none.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
}
_REPLAYED = {
    REPLAYED: {
        "description": "true where the turns had been added before and this is the answer of then; else left out.",
        "schema": {"const": "true"},
    }
}
_LAST = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "Number of the last turn that is known; those after it are sent. Anything but a number counts as 0.",
    "schema": _TEXT,
}
_EVENTS = (
    "A stream that begins with what is there and goes on with what comes. Every turn is one event with its number as id, "
    "sent once; conversation follows each time and has no id; end is the last event. The schema is that of each event. "
    "A line that begins with a colon is a sign of life, at least every 15 s."
)


@dataclass(frozen=True, slots=True)
class _Call:
    """One address and method: what it does, the body it takes, what it answers, its parameters.

    ``repeatable`` says that it takes an idempotency key.
    """

    path: str
    method: str
    says: str
    answers: dict[str, Any]
    body: str = ""
    parameters: tuple[dict[str, Any], ...] = ()
    example: Any = None
    repeatable: bool = False


@cache
def describe() -> bytes:
    """Return the description as JSON."""
    _, found = msgspec.json.schema_components(_SHAPES, ref_template=REFERENCES)
    schemas = _named(dict(found)) | answers.shapes()
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
        "parameters": [*call.parameters, *([_REPEAT] if call.repeatable else []), _LANGUAGE],
        "responses": call.answers | _errors(body=bool(call.body), repeatable=call.repeatable),
    }
    if call.body:
        content: dict[str, Any] = {"schema": reference(call.body)}
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
            "Add turns; answers with the whole, and the new turns read. With an Idempotency-Key it is safe to ask again.",
            {"200": _answers("ConversationAnswer")["200"] | {"headers": _REPLAYED}},
            "MoreTurns",
            (identifier,),
            {"turns": turns},
            repeatable=True,
        ),
        _Call(
            "/v1/conversations/{id}/events",
            "get",
            "Server-sent events: turn for every turn, conversation for what they add up to, end when it is over.",
            {"200": {"description": _EVENTS, "content": {"text/event-stream": {"schema": reference("Event")}}}},
            parameters=(identifier, _LAST, _query("after", "The same, where a client can send no header of its own.")),
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


def _answers(schema: str, status: str = "200", also: dict[str, Any] | None = None) -> dict[str, Any]:
    content = {"application/json": {"schema": reference(schema)}}
    content |= {kind: {"schema": one} for kind, one in (also or {}).items()}
    return {status: {"description": "Done.", "content": content}}


def _none() -> dict[str, Any]:
    return {"204": {"description": "Done."}}


def _errors(*, body: bool, repeatable: bool) -> dict[str, Any]:
    """Return the answers for what is wrong: those about a body only where there is one."""
    left_out = set() if body else {"bad_json", "timeout", "full", "not_json"}
    left_out |= set() if repeatable else {"other_body"}
    kinds: dict[str, list[str]] = {}
    for code, (status, _, english) in UNUSABLE.items():
        if code not in left_out:
            kinds.setdefault(str(status), []).append(f"{code}: {english}")
    content = {"application/json": {"schema": reference("Error")}}
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
