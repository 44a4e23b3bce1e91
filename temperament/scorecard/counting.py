"""Conversation → Scorecard: every measure of the playbook counted by its own counter."""

from collections.abc import Callable, Iterator

from temperament import playbook
from temperament.conversation import Conversation
from temperament.language import Language, default_language
from temperament.playbook import Playbook
from temperament.playbook.naming import channel_named
from temperament.playbook.shapes import Channel, Counter, Measure
from temperament.scorecard import hearing, keeping, listing, plain, tallying
from temperament.scorecard.handing import Handing
from temperament.scorecard.results import Item, Occasion, Scorecard
from temperament.scorecard.talk import Talk

Count = Callable[[Talk, Measure], Iterator[Occasion]]


def scorecard(
    conversation: Conversation,
    *,
    channel: str | None = None,
    language: Language | None = None,
    book: Playbook | None = None,
) -> Scorecard:
    """Return what one conversation shows of every measure.

    ``channel`` is phone, face, chat or letter (``None``: not known, so that measures of one channel are not counted);
    ``language`` that of names, reasons and notes (``None``: the locale's); ``book`` the playbook the conversation was
    analysed with. Raises ``UsageError`` for an unknown channel.
    """
    known = book or playbook.shipped()
    talk = Talk(conversation, channel_named(channel), language or default_language())
    counters = _counters(known)
    items = tuple(_item(talk, one, counters[one.by]) for one in known.measures.values())
    return Scorecard(conversation.id, conversation.agent, items)


def _item(talk: Talk, measure: Measure, count: Count) -> Item:
    occasions = tuple(count(talk, measure)) if _counts(measure, talk.channel) else ()
    unseen = "" if occasions else measure.unseen.show(talk.language)
    return Item(measure.id, measure.name.show(talk.language), measure.area, occasions, unseen, measure.neutral)


def _counts(measure: Measure, channel: Channel | None) -> bool:
    return not measure.channels or channel in measure.channels


def _counters(book: Playbook) -> dict[Counter, Count]:
    """Return the counters by name; what is handed on is recognised by the measure that counts to whom."""
    handing = Handing(next((one for one in book.measures.values() if one.by == "whom"), None))
    return {
        "turns": plain.by_turns,
        "talk": plain.by_talk,
        "replies": plain.by_replies,
        "first": plain.in_first,
        "told": plain.once_told,
        "titles": hearing.titles,
        "points": listing.points,
        "again": hearing.again,
        "canned": hearing.canned,
        "asked-again": hearing.asked_again,
        "before": keeping.before,
        "dated": keeping.dated,
        "kept": keeping.kept,
        "gaps": keeping.gaps,
        "cut-in": keeping.cut_in,
        "whom": handing.whom,
        "why": handing.why,
        "announced": handing.announced,
        "once": handing.once,
        "pronouns": tallying.pronouns,
        "praise": tallying.praise,
        "hung-up": tallying.hung_up,
    }
