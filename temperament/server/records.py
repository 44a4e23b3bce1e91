"""The addresses of stored cases: the record form, and cases opened with it; the rest is done with ``temperament case``."""

from dataclasses import asdict, dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from temperament.casebook import Casebook, NewCase, Record
from temperament.casebook.filling import forms_for
from temperament.labels import Reading
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.naming import INDUSTRIES, known
from temperament.server import bodies
from temperament.server.api import Api, answered


@dataclass(frozen=True, slots=True)
class Records:
    """The handlers, with what the other ones work with."""

    api: Api

    async def forms(self, request: Request) -> Response:
        """Return the fields of the record form that are asked for, those of the line of business first."""
        trade = known(request.query_params.get("industry"), INDUSTRIES, ("行业", "industry")) or ""
        return answered(msgspec.json.encode({"fields": _fields(trade, self.api.book, request.scope["language"])}))

    async def add(self, request: Request) -> Response:
        """Open a case. The answer names nothing that was stored before: a firm's web site may pass it on to the customer."""
        asked = await self.api.body(request, bodies.NewRecord)
        read = await self.api.pool.classify(bodies.Classify(text=asked.text, evidence=False, advice=False))
        found = msgspec.json.decode(read.body)
        reading = Reading.of(found["temperament"], found["state"], asked.text)
        new = NewCase(reading, asked.customer, asked.channel, asked.industry, None, asked.agent, asked.fields)
        language = asked.language or request.scope["language"]
        store, book = self.api.store, self.api.book
        one = await store.run(lambda file: Casebook(file, store.masker, book, language).open_case(new))
        return answered(msgspec.json.encode(_answer(one, book, language)), 201)


def _fields(trade: str, book: Playbook, language: Language) -> list[dict[str, Any]]:
    forms = sorted(
        (one for one in forms_for(trade, book) if "record" in one.stages), key=lambda one: not one.industries
    )
    return [
        {
            "key": field.key,
            "name": field.name.show(language),
            "required": field.required,
            "personal": field.personal,
            "ask": field.ask.zh,
        }
        for form in forms
        for field in form.fields
        if field.ask is not None and field.key != "content"
    ]


def _answer(one: Record, book: Playbook, language: Language) -> dict[str, Any]:
    return {
        "id": one.id,
        "stage": one.stage,
        "state": one.state,
        "priority": one.priority,
        "topics": [book.topics[name].name.show(language) for name in one.topics],
        "due": [asdict(task) for task in one.tasks if task.open],
        "wanted": [asdict(each) for each in one.wanted],
    }
