"""When many customers bring one matter in a short time.

Within a window the number of different customers is compared with what is usual for that topic in such a time elsewhere
in the file; under a steady stream it would be a Poisson number (add one to the rest, so that a matter never seen before
has a usual rate too). The chance is multiplied by the number of windows looked at (Bonferroni). All thresholds are the
playbook's (``bursts.yaml``).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from temperament.playbook import Playbook
from temperament.playbook.shapes import Burst as Rule
from temperament.topics.messages import Message
from temperament.topics.tagging import Topic

MOST_WORDS = 5
MOST_EXAMPLES = 3
_LEAST_WINDOWS = 2
Tagged = tuple[Message, tuple[Topic, ...]]


@dataclass(frozen=True, slots=True)
class Burst:
    """One matter from many customers between two times.

    ``usual`` is how many customers bring it in such a time elsewhere in the file, ``chance`` how likely so many are by
    accident (corrected for all windows looked at). ``words`` are the pieces that showed it, the commonest first.
    """

    entry: str
    name: str
    begins: datetime
    ends: datetime
    customers: int
    messages: int
    usual: float
    chance: float
    words: tuple[str, ...]
    ids: tuple[str, ...]
    examples: tuple[str, ...]
    rule: str


def bursts(tagged: Iterable[Tagged], book: Playbook) -> tuple[Burst, ...]:
    """Return the bursts, the surest first; messages without a time take no part."""
    dated = sorted((one for one in tagged if one[0].time is not None), key=lambda one: _at(one[0]))
    per_topic: dict[str, list[tuple[Message, Topic]]] = defaultdict(list)
    for message, topics in dated:
        for topic in topics:
            per_topic[topic.entry].append((message, topic))
    found = [
        replace(burst, chance=burst.chance * tests)
        for rule in book.bursts.values()
        for tests in [max(1, sum(map(len, per_topic.values())))]
        for held in per_topic.values()
        for burst in _of_topic(held, dated, rule)
        if burst.chance * tests < rule.chance
    ]
    return tuple(sorted(found, key=lambda one: (one.chance, -one.customers, one.begins)))


def _of_topic(held: Sequence[tuple[Message, Topic]], dated: Sequence[Tagged], rule: Rule) -> list[Burst]:
    """Return the windows in which a topic piles up, the fullest first, none overlapping another."""
    window = timedelta(minutes=rule.window)
    windows = (_at(dated[-1][0]) - _at(dated[0][0])) / window
    if windows < _LEAST_WINDOWS:
        return []
    found: list[Burst] = []
    left = list(held)
    while len(left) >= rule.least:
        start, end, customers = _fullest(left, window)
        usual = (len({one.customer for one, _ in [*left[:start], *left[end:]]}) + 1) / (windows - 1)
        if customers < max(rule.least, rule.times * usual):
            break
        found.append(_burst(left[start:end], customers, usual, rule))
        del left[start:end]
    return found


def _fullest(held: Sequence[tuple[Message, Topic]], window: timedelta) -> tuple[int, int, int]:
    """Return where the window with most different customers begins and ends, and how many they are."""
    best, end, inside = (0, 0, 0), 0, Counter[str]()
    for start, (first, _) in enumerate(held):
        while end < len(held) and _at(held[end][0]) - _at(first) < window:
            inside[held[end][0].customer] += 1
            end += 1
        if len(inside) > best[2]:
            best = (start, end, len(inside))
        inside[first.customer] -= 1
        if not inside[first.customer]:
            del inside[first.customer]
    return best


def _burst(held: Sequence[tuple[Message, Topic]], customers: int, usual: float, rule: Rule) -> Burst:
    words = Counter(topic.text for _, topic in held)
    first: dict[str, str] = {}
    for message, _ in held:
        first.setdefault(message.customer, message.text)
    return Burst(
        entry=held[0][1].entry,
        name=held[0][1].name,
        begins=_at(held[0][0]),
        ends=_at(held[-1][0]),
        customers=customers,
        messages=len(held),
        usual=round(usual, 2),
        chance=poisson_tail(customers, usual),
        words=tuple(word for word, _ in words.most_common(MOST_WORDS)),
        ids=tuple(message.id for message, _ in held),
        examples=tuple(list(first.values())[:MOST_EXAMPLES]),
        rule=rule.id,
    )


def poisson_tail(count: int, mean: float) -> float:
    """Return how likely a Poisson number of this mean is ``count`` or more.

    >>> round(poisson_tail(1, 0.5), 6) == round(1 - math.exp(-0.5), 6)
    True
    """
    term = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    total, number = 0.0, count
    while term > total * 1e-15 and term > 0:
        total += term
        number += 1
        term *= mean / number
    return min(1.0, total)


def _at(message: Message) -> datetime:
    return message.time or datetime.min
