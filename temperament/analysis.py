"""Turns → Conversation: many conversations are read at once, then each by itself."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from temperament import playbook
from temperament.conversation.results import Conversation
from temperament.conversation.talk import Desk, Forecaster, OneTalk, Policy
from temperament.forecast import Policy as Rule
from temperament.forecast import shipped
from temperament.language import Language, default_language
from temperament.playbook import Playbook
from temperament.playbook.naming import channel_named
from temperament.reader import Classifier
from temperament.reply import Checker, shipped_checker
from temperament.turns import Transcript, Turn, as_turns
from temperament.turns.reading import finished

Talk = Transcript | Iterable[Turn | Mapping[str, Any]]
CHUNK = 64
"""How many conversations are read at once."""
STEP_IN: Policy = Rule().step_in


def analyze(turns: Talk, **options: Any) -> Conversation:
    """Return the analysis of one conversation: a ``Transcript``, or turns (mappings with ``speaker`` and ``text``).

    ``options`` are those of ``analyze_many``. Any number of turns will do, none at all too; turns without text and of
    unknown speakers are kept. Raises ``InputError`` for an item that is no turn, ``UsageError`` for an unknown channel.
    """
    return next(iter(analyze_many([turns], **options)))


def analyze_many(
    talks: Iterable[Talk],
    *,
    channel: str | None = None,
    language: Language | None = None,
    book: Playbook | None = None,
    checker: Checker | None = None,
    reader: Classifier | None = None,
    forecaster: Forecaster | Literal["shipped"] | None = "shipped",
    policy: Policy | None = STEP_IN,
    explain: bool = True,
) -> Iterator[Conversation]:
    """Yield the analysis of each conversation, in their order; all turns of ``CHUNK`` conversations are read at once.

    ``channel`` is phone, face, chat or letter; ``language`` that of names and reasons (``None``: the locale's);
    ``book`` an own playbook, ``checker`` its rules where they are compiled already; ``reader`` the model (``None``: the
    shipped one). ``forecaster`` and ``policy`` say how likely a bad end is and when to step in: the shipped forecast
    where its folder is there, and ``forecast.Policy()``, unless others are given; with ``None`` ``risk`` and ``step_in``
    stay ``None``. ``explain=False`` leaves out the
    evidence of the readings, which is faster. Raises ``ModelError`` for a damaged forecast.
    """
    model = reader or Classifier.load("default")
    desk = Desk(
        book=book or playbook.shipped(),
        checker=checker or (shipped_checker() if book is None else Checker(book)),
        channel=channel_named(channel),
        language=language or default_language(),
        model=model.model.name,
        base=model.classify("").temperament_probabilities,
        forecaster=_shipped() if forecaster == "shipped" else forecaster,
        policy=policy,
    )
    chunk: list[Transcript] = []
    for number, talk in enumerate(talks, 1):
        one = talk if isinstance(talk, Transcript) else finished(Transcript(str(number), as_turns(talk, strict=False)))
        chunk.append(one)
        if len(chunk) == CHUNK:
            yield from _read(chunk, model, desk, explain=explain)
            chunk = []
    yield from _read(chunk, model, desk, explain=explain)


def _shipped() -> Forecaster | None:
    found = shipped()
    return found.after_each_turn if found else None


def _read(chunk: list[Transcript], reader: Classifier, desk: Desk, *, explain: bool) -> Iterator[Conversation]:
    texts = [turn.text for one in chunk for turn in one.turns if turn.speaker == "customer"]
    readings = iter(reader.classify_many(texts, explain=explain))
    for one in chunk:
        own = {at: next(readings) for at, turn in enumerate(one.turns) if turn.speaker == "customer"}
        yield OneTalk(one, own, desk).conversation()
