"""Commands that advise: advise, guide, template, trust."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from temperament.cli.common import (
    ChannelName,
    Facts,
    Format,
    GroupName,
    ImpactName,
    IndustryName,
    Lang,
    ModelName,
    OwnPlaybook,
    TableFile,
    TagNames,
    ask_language,
    open_playbook,
    read_facts,
    show,
    write_json,
)
from temperament.errors import InputError, UsageError
from temperament.help_texts import tell

if TYPE_CHECKING:
    from temperament.labels import Reading
    from temperament.playbook.shapes import Letter, Script
    from temperament.turns import Turn

StateName = Annotated[str | None, typer.Option("--state", "-s", help=tell("advise.state"))]
TemperamentName = Annotated[str | None, typer.Option("--temperament", "-t", help=tell("advise.temperament"))]


def advise(
    state: StateName = None,
    temperament: TemperamentName = None,
    text: Annotated[str, typer.Option("--text", help=tell("advise.text"))] = "",
    channel: ChannelName = None,
    industry: IndustryName = None,
    group: GroupName = None,
    impact: ImpactName = None,
    tag: TagNames = None,
    fact: Facts = None,
    playbook: OwnPlaybook = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Print the strategy for given labels."""
    from temperament.advice import recommend
    from temperament.labels import Reading
    from temperament.render.cards import advice_card

    language = ask_language(lang)
    advice = recommend(
        Reading.of(temperament or "unclear", state or "calm", text),
        channel,
        industry=industry,
        group=group,
        impact=impact,
        tags=tag or (),
        facts=read_facts(fact),
        language=language,
        book=open_playbook(playbook),
    )
    if form == "json":
        write_json([asdict(advice)])
    else:
        show(advice_card(advice))


def guide(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help=tell("guide.file"))] = None,
    state: StateName = None,
    temperament: TemperamentName = None,
    done: Annotated[list[str] | None, typer.Option("--done", help=tell("guide.done"))] = None,
    channel: ChannelName = None,
    industry: IndustryName = None,
    group: GroupName = None,
    fact: Facts = None,
    model: ModelName = "default",
    playbook: OwnPlaybook = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Show where a conversation stands and what comes next."""
    from temperament.guidance import guide as place
    from temperament.render.guides import guide_card
    from temperament.turns import Turn

    language = ask_language(lang)
    turns = [*_turns(file), *([Turn("agent", "", done=tuple(done))] if done else [])]
    reading = _reading(turns, state, temperament, model)
    view = place(
        turns,
        reading,
        channel=channel,
        industry=industry,
        group=group,
        facts=read_facts(fact),
        language=language,
        book=open_playbook(playbook),
    )
    if form == "json":
        write_json([asdict(view)])
    else:
        show(guide_card(view))


def _turns(file: Path | None) -> "tuple[Turn, ...]":
    """Read the conversation from a file or from standard input; none where the terminal is waiting for one."""
    from temperament.decoding import decode
    from temperament.turns.chatlog import from_lines
    from temperament.turns.reading import read_turns

    if file is not None and str(file) != "-":
        return read_turns(file)
    if file is None and sys.stdin.isatty():
        return ()
    lines = [line for line in decode(sys.stdin.buffer.read()).splitlines() if line.strip()]
    return from_lines(lines, "-")


def _reading(turns: "list[Turn]", state: str | None, temperament: str | None, model: str) -> "Reading":
    """Return the reading of the customer's last words; a label that is given needs no model."""
    from temperament.labels import Reading

    last = next((turn.text for turn in reversed(turns) if turn.speaker == "customer"), "")
    if state is not None or temperament is not None:
        return Reading.of(temperament or "unclear", state or "calm", last)
    if not last:
        raise InputError(
            "没有客户说的话，也没有给 --state。给一个对话文件，或说明情绪：--state 愤怒。",
            "There are no words of a customer and no --state. Give a conversation, or a state: --state angry.",
        )
    from temperament.reader import Classifier

    return Classifier.load(model).classify(last)


def template(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help=tell("template.name"))] = None,
    fact: Facts = None,
    playbook: OwnPlaybook = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Print a letter or a script with its gaps filled, or the list of all of them."""
    from temperament.render.guides import template_card, template_table
    from temperament.templates import template as written

    language = ask_language(lang)
    book = open_playbook(playbook)
    if name is None:
        entries: list[Letter | Script] = [*book.letters.values(), *book.scripts.values()]
        if form == "json":
            write_json({"id": one.id, "name": one.name.show(language)} for one in entries)
        else:
            show(template_table(entries, language))
        return
    result = written(name, read_facts(fact), language=language, book=book)
    if form == "json":
        write_json([asdict(result)])
    else:
        show(template_card(result, language))


def trust(
    promised: Annotated[str | None, typer.Option("--promised", help=tell("trust.promised"))] = None,
    replied: Annotated[str | None, typer.Option("--replied", help=tell("trust.replied"))] = None,
    file: TableFile = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Print the trust score of one answer, or of a table of cases."""
    from temperament import promises
    from temperament.render.guides import trust_table
    from temperament.render.jsonl import trust_json

    language = ask_language(lang)
    if file is not None and promised is None and replied is None:
        found = promises.read_cases(file)
    elif file is None and promised is not None and replied is not None:
        found = promises.report([promises.trust(promised, replied)])
    else:
        raise UsageError(
            "给 --promised 和 --replied 各一个（如 24h、3小时），或者只给 --file 表格。",
            "Give both --promised and --replied (24h, 3h), or --file with a table alone.",
        )
    if form == "json":
        write_json(trust_json(one) for one in found.cases)
    else:
        show(trust_table(found, language))
