"""Conversations in the terminal: a timeline with what every turn shows, and a table of many."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, JustifyMethod, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from temperament.conversation.results import REPETITION, AgentTurn, Conversation, CustomerTurn, OtherTurn
from temperament.labels import NAMES, TemperamentLabel
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.render.outcomes import RANKS, course, joined, promise_line, quoted, summary
from temperament.render.words import STYLES, printable, span, word
from temperament.reply import LEVELS, Finding

AnyTurn = CustomerTurn | AgentTurn | OtherTurn
LONGEST_SHOWN = 400
_MOST_REWRITES = 2
_SIGNALS = 16


def timeline(one: Conversation, book: Playbook, language: Language) -> RenderableType:
    """Return one conversation turn by turn, and a summary; ``book`` gives the names of moves."""
    moves: dict[str, str] = {rule.move: rule.name.show(language) for rule in book.moves.values()}
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for turn in one.turns:
        table.add_row(_place(turn), _speaker(turn, language), Group(*_turn(turn, one, moves, language)))
    title = Text.assemble((printable(one.id), "bold"), (f"  {printable(one.agent)}" if one.agent else "", "dim"))
    below = Panel(summary(one, moves, language), title=title, title_align="left", border_style="dim", box=box.ROUNDED)
    return Group(table, below)


def _place(turn: AnyTurn) -> Text:
    time = turn.turn.time.strip()
    return Text(f"{turn.number}\n{time[-8:].strip()}" if time else str(turn.number))


def _speaker(turn: AnyTurn, language: Language) -> Text:
    kind = "customer" if isinstance(turn, CustomerTurn) else "agent" if isinstance(turn, AgentTurn) else "other"
    style = STYLES[turn.reading.state] if isinstance(turn, CustomerTurn) else "dim"
    return Text(word(f"who_{kind}", language), style)


def _turn(turn: AnyTurn, one: Conversation, moves: dict[str, str], language: Language) -> Iterator[RenderableType]:
    if isinstance(turn, CustomerTurn):
        yield from _customer(turn, language)
    elif isinstance(turn, AgentTurn):
        yield from _agent(turn, one, moves, language)
    else:
        yield _cut(Text(printable(turn.turn.text), "dim italic"))


def _customer(turn: CustomerTurn, language: Language) -> Iterator[RenderableType]:
    text = Text(printable(turn.turn.text))
    for piece in turn.reading.evidence:
        text.stylize(f"underline {STYLES[piece.label]}", piece.start, piece.end)
    yield _cut(text)
    yield _state(turn, language)
    for signal in turn.signals:
        if signal.kind == REPETITION:
            yield Text(f"↻ {word('repeats', language).format(turn.repeats)}", STYLES[signal.rank])
        else:
            yield Text.assemble((f"⚑ {signal.name}", STYLES[signal.rank]), quoted(signal.text))


def _state(turn: CustomerTurn, language: Language) -> Text:
    reading = turn.reading
    if reading.reason:
        return Text(word(reading.reason, language), "dim italic")
    chance = reading.state_probabilities[reading.state]
    line = Text.assemble(
        (f"● {NAMES[reading.state].show(language)}", f"bold {STYLES[reading.state]}"),
        (f" {chance:.0%} {word(reading.confidence['state'], language)}", "dim"),
    )
    for label in reading.also:
        line.append(f"  +{NAMES[label].show(language)}", STYLES[label])
    if reading.temperament != "unclear":
        line.append(f"  {NAMES[reading.temperament].show(language)}", STYLES[reading.temperament])
        line.append(f" {reading.temperament_probabilities[reading.temperament]:.0%}", "dim")
    if turn.risk is not None:
        line.append(f"  {word('risk', language)} {turn.risk:.0%}", "dim")
    return line


def _agent(turn: AgentTurn, one: Conversation, moves: dict[str, str], language: Language) -> Iterator[RenderableType]:
    text = Text(printable(turn.turn.text))
    for finding in reversed(turn.findings):
        text.stylize(f"underline {STYLES[finding.level]}", finding.start, finding.end)
    yield _cut(text)
    for finding in sorted(turn.findings, key=lambda found: LEVELS.index(found.level)):
        yield _finding(finding, language)
    if turn.moves:
        yield Text(f"→ {joined([moves[move] for move in turn.moves], language)}", "cyan")
    for promise in one.promises:
        if promise.turn == turn.number:
            yield promise_line(promise, language)
    if turn.answered is not None or turn.trust is not None:
        yield _answered(turn, language)


def _finding(one: Finding, language: Language) -> Text:
    # no blank before Chinese: rich would break the line there, and leave it almost empty
    gap, colon = ("", "：") if language == "zh" else (" ", ": ")
    line = Text(f"✗{gap}{word(one.level, language)}{gap}", STYLES[one.level])
    line.append((quoted(one.text) if one.text else "") + colon + one.message, "default")
    for better in one.suggestions[:_MOST_REWRITES]:
        line.append(f"\n✓ {better}", "green")
    return line


def _answered(turn: AgentTurn, language: Language) -> Text:
    line = Text("⏱", "dim")
    if turn.answered is not None:
        line.append(f" {word('answered_in', language)} {span(round(turn.answered), language)}")
    if turn.trust is not None:
        why = f" ({word(f'by_{turn.by}', language)})"
        line.append(f" {word('trust', language)} {turn.trust.score:.0f}", "red" if turn.trust.late else "green")
        line.append(why)
    return line


def conversation_table(many: Sequence[Conversation], language: Language) -> RenderableType:
    """Return many conversations, a row each, the most urgent first."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for key in ("conversation", "priority", "state", "course", "manner", "findings"):
        justify: JustifyMethod = "right" if key == "findings" else "left"
        table.add_column(word(key, language), justify=justify, no_wrap=True)
    table.add_column(word("signals", language), overflow="fold", min_width=_SIGNALS)
    for one in sorted(many, key=lambda each: RANKS.index(each.rank)):
        table.add_row(
            Text(printable(one.id)),
            Text(word(f"{one.rank}_rank", language), STYLES[one.rank]),
            Text(NAMES[one.state].show(language), STYLES[one.state]),
            course(one),
            _short(one.manner.temperament, language),
            str(sum(len(turn.findings) for turn in one.agent_turns)),
            Text(joined([signal.name for signal in one.signals], language)),
        )
    return Group(table, Text(word("pick_one", language).format(len(many)), "dim"))


def _short(temperament: TemperamentLabel, language: Language) -> Text:
    """Return a temperament without its figure, and nothing where there is none to tell."""
    if temperament == "unclear":
        return Text("–", "dim")
    return Text(NAMES[temperament].show(language).split("·")[0].strip(), STYLES[temperament])


def _cut(text: Text) -> Text:
    return text[:LONGEST_SHOWN].append(" ……", "dim") if len(text) > LONGEST_SHOWN else text
