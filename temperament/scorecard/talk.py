"""A conversation as the counters look at it: its turns folded, who is upset, and where words stand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from temperament.advice.cues import place_of
from temperament.conversation import AgentTurn, Conversation, CustomerTurn, OtherTurn
from temperament.labels import NEUTRAL
from temperament.language import Language
from temperament.playbook.shapes import Channel, Measure
from temperament.scorecard.results import Occasion
from temperament.text import Folded, fold

AnyTurn = AgentTurn | CustomerTurn | OtherTurn


@dataclass(frozen=True)
class Talk:
    """One conversation with what the counters ask of it; ``channel`` is ``None`` where it is not known."""

    conversation: Conversation
    channel: Channel | None
    language: Language

    @cached_property
    def turns(self) -> tuple[AnyTurn, ...]:
        """The turns in which something is said."""
        return tuple(one for one in self.conversation.turns if one.turn.text.strip())

    @cached_property
    def agents(self) -> tuple[AgentTurn, ...]:
        """The agents' turns in which something is said."""
        return tuple(one for one in self.turns if isinstance(one, AgentTurn))

    @cached_property
    def customers(self) -> tuple[CustomerTurn, ...]:
        """The customer's turns in which something is said."""
        return tuple(one for one in self.turns if isinstance(one, CustomerTurn))

    @cached_property
    def folded(self) -> dict[int, Folded]:
        """The folded texts of the turns, by their numbers."""
        return {one.number: fold(one.turn.text) for one in self.turns}

    @cached_property
    def upset(self) -> bool:
        """Whether the customer was upset in a turn that an agent could answer."""
        last = self.agents[-1].number if self.agents else 0
        return any(is_upset(one) and one.number < last for one in self.customers)

    def say(self, zh: str, en: str) -> str:
        """Return words in the language asked for."""
        return zh if self.language == "zh" else en

    def text(self, turn: AnyTurn) -> str:
        """Return the folded text of a turn."""
        return self.folded[turn.number].text

    def seen(self, turn: AnyTurn, cues: Iterable[str], but: Iterable[str] = ()) -> Occasion | None:
        """Return the first piece of a turn that a cue matches, as something done; ``None`` where none does."""
        place = place_of(self.text(turn), cues, but)
        return self.piece(turn, *place) if place else None

    def piece(self, turn: AnyTurn, first: int, last: int, *, met: bool = True, note: str = "") -> Occasion:
        """Return a piece of a folded text as an occasion that points into the original."""
        start, end = self.folded[turn.number].span(first, last)
        return Occasion(met, turn.number, start, end, turn.turn.text[start:end], note)

    def done(self, turn: AgentTurn, measure: Measure) -> Occasion | None:
        """Return where an agent's turn does what a measure asks for: by its cues, or by one of its moves."""
        found = self.seen(turn, measure.cues, measure.but) if measure.cues else None
        return found or (whole(turn) if set(measure.moves) & set(turn.moves) else None)


def is_upset(turn: CustomerTurn) -> bool:
    """Tell whether a turn is read, with confidence, as another state than calm."""
    reading = turn.reading
    return not reading.reason and reading.state != NEUTRAL["state"] and reading.confidence["state"] != "low"


def whole(turn: AnyTurn, *, met: bool = True, note: str = "") -> Occasion:
    """Return a turn as an occasion without words of its own to point to."""
    return Occasion(met, turn.number, 0, 0, "", note)


def exchanges(talk: Talk) -> Iterator[tuple[list[CustomerTurn], AgentTurn]]:
    """Yield the customer's turns that wait for an answer, with the agent's turn that answers them."""
    waiting: list[CustomerTurn] = []
    for turn in talk.turns:
        if isinstance(turn, CustomerTurn):
            waiting.append(turn)
        elif isinstance(turn, AgentTurn) and waiting:
            yield waiting, turn
            waiting = []
