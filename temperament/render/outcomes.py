"""What a conversation adds up to, as lines for the terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from temperament.conversation.results import RANKS, Conversation, Promise, TurningPoint
from temperament.labels import NAMES
from temperament.language import Language
from temperament.render.words import STYLES, printable, span, word

__all__ = ["RANKS", "course", "joined", "promise_line", "quoted", "summary"]

_BLOCKS = "▁▂▃▄▅▆▇█"
_MOST_BLOCKS = 60


def summary(one: Conversation, moves: dict[str, str], language: Language) -> Table:
    """Return the block below a timeline; ``moves`` are the names of the moves."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    rank = Text(f" {word(f'{one.rank}_rank', language)} ", STYLES[one.rank])
    why = joined(one.reasons, language, "；", "; ")
    table.add_row(word("priority", language), Text.assemble(rank, f" {why}"))
    if not one.customer_turns:
        table.add_row(word("state", language), Text(word("no_customer", language), "italic"))
    else:
        table.add_row(word("state", language), _states(one, language))
        table.add_row(word("course", language), course(one))
        table.add_row(word("turning_points", language), _points(one.turning_points, language))
        table.add_row(word("manner", language), _manner(one, language))
    _add_reasons(table, one, language)
    _add_agent(table, one, moves, language)
    for note in one.notes:
        table.add_row("ⓘ", Text(note, "dim italic"))
    return table


def course(one: Conversation) -> Text:
    """Return a bar a turn of the customer: as high as he is not calm, in the colour of the state."""
    line = Text()
    for turn in one.customer_turns[:_MOST_BLOCKS]:
        if turn.reading.reason:
            line.append("·", "dim")
            continue
        unrest = 1 - turn.reading.state_probabilities["calm"]
        line.append(_BLOCKS[min(int(unrest * len(_BLOCKS)), len(_BLOCKS) - 1)], STYLES[turn.reading.state])
    return line.append(" ……" if len(one.customer_turns) > _MOST_BLOCKS else "", "dim")


def promise_line(one: Promise, language: Language) -> Text:
    """Return a promise: its words, the time given, and what came of it."""
    key, style = {True: ("kept", "green"), False: ("broken", "red"), None: ("open", "dim")}[one.kept]
    line = Text.assemble((f"⏳ {word('promise', language)}", "blue"), f"{quoted(one.text)} ")
    if one.within is not None:
        line.append(f"{span(round(one.within), language)} ", "blue")
    told = word(key, language)
    if one.kept is False and one.within is not None and one.taken is not None:
        told = word("too_late", language).format(span(round(one.taken - one.within), language))
    where = f" {_at(one.shown_in, language)}" if one.shown_in is not None else ""
    return line.append(f"{told}{where}", style)


def quoted(text: str) -> str:
    """Return words in quotation marks, in one line."""
    return f"“{printable(text.replace(chr(10), ' '))}”"


def joined(names: Sequence[str], language: Language, zh: str = "、", en: str = ", ") -> str:
    """Return a list in a line."""
    return (zh if language == "zh" else en).join(names)


def _at(turn: int, language: Language) -> str:
    return word("shown_in", language).format(turn)


def _states(one: Conversation, language: Language) -> Text:
    line = Text(NAMES[one.state].show(language), f"bold {STYLES[one.state]}")
    line.append(f"  {word('to_last', language)} ", "dim")
    return line.append(NAMES[one.last_state].show(language), STYLES[one.last_state])


def _points(points: Sequence[TurningPoint], language: Language) -> Text:
    lines = []
    for one in points:
        names = (NAMES[one.before].show(language), NAMES[one.after].show(language), word(one.direction, language))
        line = Text(word("turning", language).format(one.turn, *names), "red" if one.direction == "worse" else "green")
        if one.after_agent_turn is not None:
            line.append(word("after_turn", language).format(one.after_agent_turn), "dim")
        lines.append(line)
    return Text("\n").join(lines) if lines else Text(word("no_turning", language), "dim")


def _manner(one: Conversation, language: Language) -> Text:
    manner = one.manner
    line = Text(NAMES[manner.temperament].show(language), f"bold {STYLES[manner.temperament]}")
    line.append(f" {manner.probabilities[manner.temperament]:.0%}")
    return line.append(f"  {word('rests_on', language).format(manner.turns, manner.characters)}", "dim")


def _add_reasons(table: Table, one: Conversation, language: Language) -> None:
    colon = "：" if language == "zh" else ": "
    for number, signal in enumerate(one.signals):
        told = (f"{colon}{signal.why} ({_at(signal.turn, language)})", "dim")
        line = Text.assemble((signal.name, STYLES[signal.rank]), told)
        table.add_row(word("signals", language) if not number else "", line)
    if one.cause is not None:
        line = Text(f"{word(one.cause.side, language)}{colon}{one.cause.text}")
        line.append(f" ({_at(one.cause.turn, language)}{quoted(one.cause.words)})", "dim")
        table.add_row(word("cause", language), line)


def _add_agent(table: Table, one: Conversation, moves: dict[str, str], language: Language) -> None:
    for number, promise in enumerate(one.promises):
        line = Text(f"{_at(promise.turn, language)} ").append(promise_line(promise, language))
        table.add_row(word("promises", language) if not number else "", line)
    _add_steps(table, one, moves, language)
    closed = word(f"who_{one.closed_by}", language) if one.closed_by else word("nobody", language)
    table.add_row(word("closed_by", language), Text(closed))
    if one.risk is not None:
        line = Text(f"{one.risk:.0%}")
        if one.step_in is not None:
            line.append(f"  {word('step_in', language).format(one.step_in)}", "bold red")
        table.add_row(word("risk", language), line)


def _add_steps(table: Table, one: Conversation, moves: dict[str, str], language: Language) -> None:
    """Add the steps made, by their moves and where, and those missing, with what to do."""
    colon = "：" if language == "zh" else ": "
    made = [
        f"{moves[step.move]} ({_at(step.turn, language)}{quoted(step.words)})" if step.turn else moves[step.move]
        for step in one.steps
        if step.turn is not None
    ]
    if made:
        table.add_row(word("step_done", language), Text(joined(made, language), "green"))
    for number, step in enumerate(one.missing):
        line = Text.assemble((moves[step.move], "yellow"), f"{colon}{step.text}")
        table.add_row(word("step_missing", language) if not number else "", line)
