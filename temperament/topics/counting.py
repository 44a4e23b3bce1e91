"""Many messages together: how many are about what, on whose side the cause lies, and what came in a burst."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from temperament.advice.cues import place_of
from temperament.labels import NEUTRAL
from temperament.playbook import Playbook
from temperament.text import fold
from temperament.topics.bursts import Burst, Tagged, bursts
from temperament.topics.messages import Message
from temperament.topics.tagging import Tagger

MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class TopicCount:
    """How many messages and customers have a topic, and how many of the messages are upset (``None``: nobody looked).

    ``words`` are the pieces that showed it, the commonest first, ``example`` is the first message.
    """

    entry: str
    name: str
    family: str
    source: str
    messages: int
    customers: int
    upset: int | None
    words: tuple[str, ...]
    example: str


@dataclass(frozen=True, slots=True)
class CauseCount:
    """How many messages name a cause that the playbook knows, and on whose side it lies."""

    entry: str
    name: str
    side: str
    messages: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a file of messages is about.

    ``tagged`` messages have a topic, ``timed`` ones a time; ``upset`` counts those read as anything but calm.
    """

    messages: int
    tagged: int
    timed: int
    upset: int | None
    topics: tuple[TopicCount, ...]
    causes: tuple[CauseCount, ...]
    bursts: tuple[Burst, ...]


def report(messages: Iterable[Message], tagger: Tagger, states: Sequence[str] | None = None) -> Report:
    """Return what messages are about; ``states`` are their readings in the same order, where there are any."""
    tagged = [(one, tagger.topics(one.text)) for one in messages]
    upset = None if states is None else [state != NEUTRAL["state"] for state in states]
    return Report(
        messages=len(tagged),
        tagged=sum(bool(topics) for _, topics in tagged),
        timed=sum(one.time is not None for one, _ in tagged),
        upset=None if upset is None else sum(upset),
        topics=tuple(_topics(tagged, upset)),
        causes=tuple(_causes((one.text for one, _ in tagged), tagger)),
        bursts=bursts(tagged, tagger.book),
    )


def _topics(tagged: Sequence[Tagged], upset: Sequence[bool] | None) -> list[TopicCount]:
    held: dict[str, list[int]] = defaultdict(list)
    words: dict[str, Counter[str]] = defaultdict(Counter)
    known = {}
    for number, (_, topics) in enumerate(tagged):
        for topic in topics:
            known[topic.entry] = topic
            held[topic.entry].append(number)
            words[topic.entry][topic.text] += 1
    counts = [
        TopicCount(
            entry,
            topic.name,
            topic.family,
            topic.source,
            len(held[entry]),
            len({tagged[number][0].customer for number in held[entry]}),
            None if upset is None else sum(upset[number] for number in held[entry]),
            tuple(word for word, _ in words[entry].most_common(MOST_WORDS)),
            tagged[held[entry][0]][0].text,
        )
        for entry, topic in known.items()
    ]
    return sorted(counts, key=lambda one: (-one.messages, one.entry))


def _causes(texts: Iterable[str], tagger: Tagger) -> list[CauseCount]:
    book: Playbook = tagger.book
    cued = [cause for cause in book.causes.values() if cause.cues]
    counted: Counter[str] = Counter()
    for text in texts:
        folded = fold(text).text
        counted.update(one.id for one in cued if place_of(folded, one.cues, one.but))
    return [
        CauseCount(entry, book.causes[entry].cause.show(tagger.language), book.causes[entry].side, count)
        for entry, count in counted.most_common()
    ]
