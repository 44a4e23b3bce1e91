"""What the reading processes do: a body in its shape → the JSON of the answer. Nothing here knows of HTTP."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import wait
from typing import Any

import msgspec

from temperament import playbook
from temperament.advice import recommend
from temperament.analysis import analyze
from temperament.errors import InputError, TemperamentError
from temperament.guidance import guide
from temperament.labels import Reading, state_label
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.naming import channel_named
from temperament.reader import Classifier
from temperament.render.jsonl import conversation_json, findings_json, reading_json
from temperament.reply import Checker, Wanted, shipped_checker
from temperament.server.bodies import MOST_TURNS, Advise, Check, Classify, ClassifyBatch, Conversation, Labels, Turn
from temperament.server.cases import Case, case_of, case_of_reading
from temperament.server.settings import Settings
from temperament.text import load_segmenter
from temperament.turns import Transcript
from temperament.turns import Turn as Said
from temperament.turns.chatlog import from_lines
from temperament.turns.speakers import own_name, speaker_named

encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that asks for something unknown, in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Done:
    """An answer's body, and the case it makes where one is to be kept.

    ``turns`` are the bodies of the single turns of a live conversation, whose ``body`` leaves them out.
    """

    body: bytes
    case: Case | None = None
    turns: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Tools:
    """What every piece of work needs, loaded once a process."""

    reader: Classifier
    book: Playbook
    checker: Checker
    language: Language

    @classmethod
    def load(cls, settings: Settings) -> "Tools":
        """Load model and playbook, and compile what is compiled at first use; raises ``TemperamentError``."""
        own = settings.playbook
        book = playbook.overlay(own) if own else playbook.shipped()
        checker = Checker(book) if own else shipped_checker()
        load_segmenter()
        tools = cls(Classifier.load(settings.model), book, checker, settings.language)
        for job in _FIRST:
            _KINDS[type(job)](job, tools)
        return tools


_tools: list[Tools] = []
_faults: list[Refused] = []
_LATE = "说好三天到，第九天了！"
_FIRST = (
    Advise(text=_LATE),
    Check(reply=_LATE, state="angry"),
    Conversation(turns=(Turn(speaker="customer", text=_LATE), Turn(speaker="agent", text=_LATE))),
)
"""Work that is done before the first request, so that nobody waits for what is loaded at first use."""


def prepare(settings: Settings) -> None:
    """Make this process ready: signals are the parent's business, and where the parent dies its children end."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()
    try:
        _faults.clear()
        _tools[:] = [Tools.load(settings)]
    except TemperamentError as error:
        _faults[:] = [Refused(error.zh, error.en)]


def ready() -> str | Refused:
    """Return the name of the model, once everything is loaded, or why it is not."""
    return _faults[0] if _faults else _tools[0].reader.model.name


def do(job: Any) -> Done | Refused:
    """Do one piece of work by its kind."""
    tools = _tools[0]
    try:
        outcome: Done = _KINDS[type(job)](job, tools)
    except TemperamentError as error:
        return Refused(error.zh, error.en)
    return outcome


def classify(jobs: Sequence[Classify]) -> list[Done | Refused]:
    """Read many messages at once; those that want evidence together, the others together."""
    tools = _tools[0]
    found: dict[int, Reading] = {}
    for evidence in (False, True):
        places = [place for place, job in enumerate(jobs) if job.evidence is evidence]
        if places:
            read = tools.reader.classify_many([jobs[place].text for place in places], explain=evidence)
            found |= dict(zip(places, read, strict=True))
    return [_answer(job, found[place], tools) for place, job in enumerate(jobs)]


def _answer(job: Classify, reading: Reading, tools: Tools) -> Done | Refused:
    try:
        case = case_of_reading(reading, job.channel or "", tools.book) if job.store else None
        return Done(encode(_reading(reading, job, tools)), case)
    except TemperamentError as error:
        return Refused(error.zh, error.en)


def _reading(reading: Reading, job: Classify | ClassifyBatch, tools: Tools) -> dict[str, Any]:
    language = job.language or tools.language
    channel = channel_named(job.channel)
    if not job.advice:
        return reading_json(reading)
    # written as it is: taking the advice apart first costs half a millisecond
    return reading_json(reading) | {"advice": recommend(reading, channel, language=language, book=tools.book)}


def _batch(job: ClassifyBatch, tools: Tools) -> Done:
    readings = tools.reader.classify_many(job.texts, explain=job.evidence)
    return Done(encode({"readings": [_reading(one, job, tools) for one in readings]}))


def _advise(job: Advise, tools: Tools) -> Done:
    history = [*_turns(job.history), *([Said("agent", "", done=job.done)] if job.done else [])]
    last = next((turn.text for turn in reversed(history) if turn.speaker == "customer"), "")
    reading = _named(job, job.text) or tools.reader.classify(job.text or last)
    view = guide(
        history,
        reading,
        channel=job.channel,
        industry=job.industry,
        group=job.group,
        impact=job.impact,
        tags=job.tags,
        facts=job.facts,
        language=job.language or tools.language,
        book=tools.book,
    )
    place = asdict(view)
    return Done(encode({"reading": reading_json(reading), "advice": place.pop("advice"), "guide": place}))


def _check(job: Check, tools: Tools) -> Done:
    wanted = Wanted(
        _named(job, ""),
        channel_named(job.channel),
        frozenset(job.disable),
        job.allow,
        job.language or tools.language,
    )
    return Done(encode(findings_json(job.reply, tools.checker.check(job.reply, wanted))))


def _named(job: Advise | Check, text: str) -> Reading | None:
    """Return the reading of labels that were given, ``None`` where none were."""
    given = job.reading or Labels()
    state, temperament = job.state or given.state, job.temperament or given.temperament
    if state is None and temperament is None:
        return None
    reading = Reading.of(temperament or "unclear", state or "calm", given.text or text)
    return replace(reading, also=tuple(state_label(one) for one in given.also or ()))


def _turns(turns: Sequence[Turn]) -> list[Said]:
    """Return turns of a body; a speaker who is not known is neither side."""
    found = []
    for one in turns:
        side = speaker_named(one.speaker) or "other"
        name = one.speaker if side == "other" else own_name(one.speaker)
        found.append(Said(side, one.text, one.time, name=name))
    return found


def _conversation(job: Conversation, tools: Tools) -> Done:
    found = analyze(
        _transcript(job),
        channel=job.channel,
        language=job.language or tools.language,
        book=tools.book,
        checker=tools.checker,
        reader=tools.reader,
    )
    whole = conversation_json(found)
    case = case_of(found, job.id, job.channel or "", tools.book) if job.store else None
    if not job.live:
        return Done(encode(whole), case)
    turns = tuple(encode(one) for one in whole.pop("turns"))
    return Done(encode(whole), case, turns)


def _transcript(job: Conversation) -> Transcript:
    """Return the turns of a body and of the plain text in it; raises ``InputError`` where nobody is named in that."""
    told = from_lines(job.transcript.splitlines(), "transcript") if job.transcript.strip() else ()
    if len(job.turns) + len(told) > MOST_TURNS:
        raise InputError(f"一段对话最多 {MOST_TURNS} 句。", f"A conversation holds at most {MOST_TURNS} turns.")
    return Transcript(job.id or "1", (*_turns(job.turns), *told), job.agent)


_KINDS: dict[type, Any] = {
    ClassifyBatch: _batch,
    Advise: _advise,
    Check: _check,
    Conversation: _conversation,
}
