"""Words → topics: the playbook's cues outside their exceptions, with the words that showed each."""

from dataclasses import dataclass

from temperament import playbook
from temperament.advice.cues import place_of
from temperament.language import Language, default_language
from temperament.playbook import Playbook
from temperament.text import fold


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that a text shows: ``text`` is the piece ``[start, end)`` of the original that showed it.

    ``family`` is product or service; ``entry`` the playbook's id, ``source`` its line or ``ours``.
    """

    name: str
    family: str
    text: str
    start: int
    end: int
    entry: str
    source: str


class Tagger:
    """The topics of one playbook."""

    def __init__(self, book: Playbook | None = None, language: Language | None = None) -> None:
        """Take the playbook's topics, named in a language."""
        self.book = book or playbook.shipped()
        self.language = language or default_language()

    def topics(self, text: str) -> tuple[Topic, ...]:
        """Return what a text is about, in the playbook's order; empty where no cue shows.

        >>> [one.text for one in Tagger().topics("快递三天没更新，客服电话打不通")]
        ['客服电话打不通', '快递三天没更新']
        """
        folded = fold(text)
        found = []
        for entry in self.book.topics.values():
            place = place_of(folded.text, entry.cues, entry.but)
            if place is not None:
                start, end = folded.span(*place)
                name = entry.name.show(self.language)
                found.append(Topic(name, entry.family, text[start:end], start, end, entry.id, entry.source))
        return tuple(found)
