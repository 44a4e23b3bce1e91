"""The bodies of requests: their shapes, and the reader that turns every odd body into a clear refusal."""

import json
import re
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from temperament.playbook.loading import fault_of
from temperament.server.problems import Problem

LONGEST_TEXT = 20_000
LONGEST_TRANSCRIPT = 200_000
MOST_TEXTS = 1_000
MOST_TURNS = 500
Text = Annotated[str, Meta(max_length=LONGEST_TEXT, description="A message, as it was written.")]
Name = Annotated[str, Meta(max_length=200)]
Named = Annotated[str, Meta(max_length=200)] | None
Channel = Annotated[str, Meta(max_length=200, description="phone, face, chat or letter; Chinese names will do.")] | None
Shown = Literal["zh", "en"] | None


class Shape(Struct, frozen=True, kw_only=True):
    """The base of all bodies; fields that are not known are passed over."""


class Labels(Shape, frozen=True, kw_only=True):
    """Labels by any accepted name; a reading as ``/v1/classify`` returned it will do."""

    temperament: Named = None
    state: Named = None
    also: Annotated[tuple[Name, ...], Meta(max_length=10)] | None = None
    text: Text = ""


class Turn(Shape, frozen=True, kw_only=True):
    """One turn of a conversation: who speaks (customer, agent; 客户, 客服 …), the words, and when, if known."""

    speaker: Name
    text: Text
    time: Name = ""


Turns = Annotated[tuple[Turn, ...], Meta(max_length=MOST_TURNS)]


class Classify(Shape, frozen=True, kw_only=True):
    """One message to read. ``evidence`` and ``advice`` can be left out, which is faster; ``store`` keeps it for the board."""

    text: Text
    evidence: bool = True
    advice: bool = True
    store: bool = False
    channel: Channel = None
    language: Shown = None


class ClassifyBatch(Shape, frozen=True, kw_only=True):
    """Messages to read, in order."""

    texts: Annotated[tuple[Text, ...], Meta(max_length=MOST_TEXTS)]
    evidence: bool = True
    advice: bool = False
    channel: Channel = None
    language: Shown = None


class Advise(Shape, frozen=True, kw_only=True):
    """Labels or words to advise on, and what is known of the case."""

    text: Text = ""
    reading: Labels | None = None
    state: Named = None
    temperament: Named = None
    channel: Channel = None
    industry: Named = None
    group: Named = None
    impact: Named = None
    tags: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    history: Turns = ()
    done: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()
    facts: Annotated[dict[Name, Name], Meta(max_length=50)] = {}
    language: Shown = None


class Check(Shape, frozen=True, kw_only=True):
    """A draft reply, and the customer it answers."""

    reply: Text
    reading: Labels | None = None
    state: Named = None
    temperament: Named = None
    channel: Channel = None
    disable: Annotated[tuple[Name, ...], Meta(max_length=200)] = ()
    allow: Annotated[tuple[Name, ...], Meta(max_length=200)] = ()
    language: Shown = None


class Conversation(Shape, frozen=True, kw_only=True):
    """A conversation: analysed at once, or with ``live`` kept so that turns can be added. ``store`` keeps it for the board.

    ``transcript`` is a conversation as plain text (客户：… 客服：…, or a chat log with names and times); its turns come
    after ``turns``.
    """

    turns: Turns = ()
    transcript: Annotated[str, Meta(max_length=LONGEST_TRANSCRIPT)] = ""
    live: bool = False
    store: bool = False
    id: Annotated[str, Meta(max_length=100)] = ""
    agent: Name = ""
    channel: Channel = None
    language: Shown = None


class MoreTurns(Shape, frozen=True, kw_only=True):
    """Turns to add to a live conversation."""

    turns: Annotated[tuple[Turn, ...], Meta(min_length=1, max_length=MOST_TURNS)]


class NewRecord(Shape, frozen=True, kw_only=True):
    """A complaint to record: the words, who says so (an id or phone, of which a salted hash is kept), and form fields."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
    customer: Name = ""
    agent: Name = ""
    channel: Channel = None
    industry: Named = None
    fields: Annotated[dict[Name, Annotated[str, Meta(max_length=2000)]], Meta(max_length=60)] = {}
    language: Shown = None


class Feedback(Shape, frozen=True, kw_only=True):
    """What somebody says about a reading; a correction names the labels that are right instead."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
    reading: Labels
    verdict: Literal["accept", "correct", "dispute", "accepted", "corrected", "disputed"]
    labels: Labels | None = None
    reason: Annotated[str, Meta(max_length=2000)] = ""
    agent: Name = ""
    language: Shown = None


Body = TypeVar("Body", bound=Shape)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_DECODERS: dict[type[Shape], msgspec.json.Decoder[Any]] = {}


def read(data: bytes, shape: type[Body]) -> Body:
    """Return a body in its shape; raises ``Problem`` for what is no JSON, no UTF-8, too deep or of a wrong shape.

    Half of a surrogate pair, which browsers send for a cut emoji, becomes U+FFFD: offsets stay what they are.
    """
    try:
        return _decode(data, shape)
    except msgspec.ValidationError as error:
        raise refused(shape, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if not _SURROGATE.search(data):
            raise Problem("bad_json", _short(error)) from error
    try:
        return _decode(_mended(data), shape)
    except msgspec.ValidationError as error:
        raise refused(shape, error) from error
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise Problem("bad_json", _short(error)) from error


def refused(shape: type[Shape], error: Exception) -> Problem:
    """Return the refusal of a value that breaks its shape, naming the field and what it allows."""
    return Problem("bad_request", *fault_of(shape, str(error)))  # type: ignore[arg-type]


def _decode(data: bytes, shape: type[Body]) -> Body:
    if shape not in _DECODERS:
        _DECODERS[shape] = msgspec.json.Decoder(shape)
    found: Body = _DECODERS[shape].decode(data)
    return found


def _mended(data: bytes) -> bytes:
    text = json.dumps(json.loads(data), ensure_ascii=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _short(error: Exception) -> str:
    return str(error).rstrip(".")[:200]
