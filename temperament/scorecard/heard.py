"""What customers said for those who make the rules: rules they complain of, what they want, what they advise, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from temperament import playbook
from temperament.conversation import Conversation, CustomerTurn
from temperament.language import Language, default_language
from temperament.playbook import Playbook
from temperament.playbook.shapes import Matter, Measure
from temperament.scorecard.results import CustomerVoice, Heard, MatterCount, Voice
from temperament.scorecard.talk import Talk, is_upset
from temperament.scorecard.tallying import voices

MOST_VOICES = 50
"""How many places of one matter are kept."""
_LEAST_TALKS = 2
_CLAUSE_END = "。!?;\n！？；.…"
_LONGEST = 80


def heard(
    conversations: Sequence[Conversation], *, language: Language | None = None, book: Playbook | None = None
) -> Heard:
    """Return what the customers of many conversations said, each matter with the sentences that show it.

    A rule counts where an upset customer speaks of it. ``customers`` are those known by name from two conversations on.
    """
    known, shown = book or playbook.shipped(), language or default_language()
    talks = [Talk(one, None, shown) for one in conversations]
    found = [_matter(talks, one, shown) for one in known.matters.values()]
    rule = next((one for one in known.measures.values() if one.by == "praise"), None)
    causes = Counter(one.cause.text for one in conversations if one.cause is not None)
    return Heard(
        conversations=len(talks),
        matters=tuple(sorted((one for one in found if one.conversations), key=lambda one: -one.conversations)),
        causes=tuple(causes.most_common()),
        customers=tuple(_customers(talks, rule)) if rule else (),
    )


def _matter(talks: Sequence[Talk], matter: Matter, language: Language) -> MatterCount:
    said = [(talk, told) for talk in talks if (told := list(_said(talk, matter)))]
    return MatterCount(
        matter=matter.id,
        kind=matter.kind,
        name=matter.name.show(language),
        conversations=len(said),
        choleric=sum(talk.conversation.manner.temperament == "choleric" for talk, _ in said),
        voices=tuple(voice for _, told in said for voice in told)[:MOST_VOICES],
    )


def _said(talk: Talk, matter: Matter) -> Iterator[Voice]:
    for turn in talk.customers:
        if matter.kind == "policy" and not is_upset(turn):
            continue
        seen = talk.seen(turn, matter.cues, matter.but)
        if seen is not None:
            start, end = _sentence(turn, seen.start, seen.end)
            yield Voice(talk.conversation.id, turn.number, start, end, turn.turn.text[start:end])


def _sentence(turn: CustomerTurn, start: int, end: int) -> tuple[int, int]:
    """Return the sentence around a piece of a turn, cut to ``_LONGEST`` characters on either side."""
    text = turn.turn.text
    first = max((text.rfind(mark, 0, start) + 1 for mark in _CLAUSE_END), default=0)
    last = min((at for mark in _CLAUSE_END if (at := text.find(mark, end)) >= 0), default=len(text))
    first += len(text[first:start]) - len(text[first:start].lstrip())
    return max(first, start - _LONGEST), min(last, end + _LONGEST)


def _customers(talks: Iterable[Talk], rule: Measure) -> Iterator[CustomerVoice]:
    conversations: Counter[str] = Counter()
    good: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    for talk in talks:
        conversations.update({turn.turn.name.strip() for turn in talk.customers} - {""})
        for turn in talk.customers:
            for voice in voices(talk, turn, rule):
                (good if voice.met else bad)[turn.turn.name.strip()] += 1
    for name, count in sorted(conversations.items()):
        if count >= _LEAST_TALKS:
            yield CustomerVoice(name, count, good[name], bad[name])
