"""Practice: a customer's words, a reply, and what the checker and the advice say about it."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from temperament.advice import Advice, recommend
from temperament.advice.progress import moves_made
from temperament.labels import Reading
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.naming import channel_named
from temperament.reply import MISSING, Checker, Finding, Wanted
from temperament.turns import Turn


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody to practise on: what is said and how it reads; ``channel`` where one is known."""

    id: str
    reading: Reading
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """A reply as it was marked.

    ``findings`` are what to change, ``missing`` the parts a customer in this state needs; ``moves`` the names of the
    steps that the reply makes, ``next_step`` the step that comes now. ``advice`` holds what one could say instead.
    """

    customer: Customer
    reply: str
    findings: tuple[Finding, ...]
    missing: tuple[Finding, ...]
    moves: tuple[str, ...]
    next_step: str
    advice: Advice

    @property
    def clean(self) -> bool:
        """Whether nothing in the reply has to be changed; missing parts are for the turns to come."""
        return not self.findings


def drills(book: Playbook) -> list[Customer]:
    """Return the playbook's customers to practise on."""
    return [
        Customer(one.id, Reading.of(one.temperament, one.state, one.text), one.channel) for one in book.drills.values()
    ]


def chosen(customers: Iterable[Customer], count: int, state: str | None, seed: int | None) -> list[Customer]:
    """Return some customers in a random order; all of them for a count of 0."""
    found = [one for one in customers if state is None or one.reading.state == state]
    random.Random(seed).shuffle(found)
    return found[:count] if count else found


def mark(customer: Customer, reply: str, checker: Checker, book: Playbook, language: Language) -> Marked:
    """Mark a reply to a customer."""
    reading, channel = customer.reading, channel_named(customer.channel or "chat")
    advice = recommend(reading, channel, language=language, book=book)
    turns = [Turn("customer", reading.text), Turn("agent", reply)]
    after = recommend(reading, channel, history=turns, language=language, book=book)
    found = checker.check(reply, Wanted(reading, channel, language=language))
    made = moves_made([Turn("agent", reply)], book)
    following = after.steps[after.present - 1 :]
    return Marked(
        customer=customer,
        reply=reply,
        findings=tuple(one for one in found if one.kind != MISSING),
        missing=tuple(one for one in found if one.kind == MISSING),
        moves=tuple(rule.name.show(language) for rule in book.moves.values() if rule.move in made),
        next_step=following[0].text if following else "",
        advice=advice,
    )


def summary(marked: Sequence[Marked]) -> tuple[int, int, int]:
    """Return how many replies were marked, how many need no change, and how many steps they made."""
    return len(marked), sum(one.clean for one in marked), sum(len(one.moves) for one in marked)
