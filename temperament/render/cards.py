"""Cards for the terminal: one message with its reading, and the whole strategy."""

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from temperament.advice import Advice, Avoided, Clocks, Done, Guidance, PossibleCause, Question, Saying
from temperament.labels import HEADS, LABELS, NAMES, Head, Reading
from temperament.language import Language
from temperament.render.words import STYLES, printable, source_name, span, word
from temperament.reply import LEVELS, Finding

_BAR = 12
NOTES_SHOWN = 6
_LONGEST_SHOWN = 600


def reading_card(reading: Reading, advice: Advice, number: int) -> RenderableType:
    """Return the card of one message: its words with the evidence marked, bars, and what to do first."""
    language = advice.language
    lines: list[RenderableType] = [_marked(reading), Text()]
    if reading.reason:
        lines.append(Text(word(reading.reason, language), "italic"))
    else:
        bars = Table.grid(padding=(0, 3))
        bars.add_row(*(_bars(reading, head, language) for head in HEADS))
        lines.append(bars)
    lines.append(Text())
    facts = _grid()
    if reading.evidence:
        facts.add_row(word("evidence", language), _evidence(reading, language))
    facts.add_row(word("principle", language), Text(advice.principle.text))
    facts.add_row(f"{word('steps', language)} {advice.present}", Text(advice.steps[advice.present - 1].text))
    facts.add_row(word("now", language), _sayings(advice.now, language))
    facts.add_row(word("avoid", language), _avoided(advice.avoid[:2], language))
    _add_urgency(facts, advice)
    lines.append(facts)
    style = STYLES[reading.state]
    return Panel(
        Group(*lines),
        title=Text(str(number), style),
        title_align="left",
        subtitle=Text(f"{word('model', language)} {reading.model}", "dim"),
        subtitle_align="right",
        border_style=style,
        box=box.ROUNDED,
    )


def _grid() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _marked(reading: Reading) -> Text:
    """Return the message with its evidence underlined in the colour of the label."""
    text = Text(printable(reading.text))
    for piece in reading.evidence:
        text.stylize(f"bold underline {STYLES[piece.label]}", piece.start, piece.end)
    if len(text) > _LONGEST_SHOWN:
        text = text[:_LONGEST_SHOWN].append(" ……", "dim")
    return text


def _bars(reading: Reading, head: Head, language: Language) -> Table:
    chances: dict[str, float] = getattr(reading, f"{head}_probabilities")
    leading = getattr(reading, head)
    table = Table.grid(padding=(0, 1))
    table.add_row(Text(word(head, language), "bold"), Text(word(reading.confidence[head], language), "dim"))
    for label in LABELS[head]:
        chance = chances[label]
        style = f"bold {STYLES[label]}" if label == leading else "dim"
        filled = round(chance * _BAR)
        name = Text(NAMES[label].show(language), style)
        if head == "state" and label in reading.also:
            name.append(f" +{word('also', language)}", "italic")
        table.add_row(
            name, Text("█" * filled + "░" * (_BAR - filled), style), Text(f"{chance:.0%}", style, justify="right")
        )
    return table


def _evidence(reading: Reading, language: Language) -> Text:
    parts = [
        Text.assemble(
            (f"“{printable(piece.text)}”", STYLES[piece.label]),
            f" → {NAMES[piece.label].show(language)} {_weight(piece.weight)}",
        )
        for piece in reading.evidence
    ]
    return Text("   ").join(parts)


def _weight(weight: float) -> str:
    """Return how far the probability falls, as points that are never shown as nothing."""
    return f"−{weight:.2f}" if weight >= 0.005 else "−<0.01"


def _sayings(sayings: Sequence[Saying], language: Language, *, sourced: bool = False) -> Text:
    lines = []
    for one in sayings:
        line = Text(f"“{one.text}”", "green")
        if sourced:
            line.append(f"  [{source_name(one.source, language)}]", "dim")
        if language == "en":
            line.append(f"\n {one.meaning}", "dim")
        lines.append(line)
    return Text("\n").join(lines)


def _avoided(avoided: Sequence[Avoided], language: Language) -> Text:
    lines = []
    for one in avoided:
        line = Text.assemble((f"✗ {one.phrase}", "red"))
        if one.instead:
            line.append(f"\n  {word('instead', language)}：“{one.instead[0].text}”", "green")
        lines.append(line)
    return Text("\n").join(lines)


def _add_urgency(facts: Table, advice: Advice) -> None:
    language = advice.language
    level = word(f"{advice.priority}_priority", language)
    facts.add_row(word("priority", language), Text(level, "bold" if advice.priority == "high" else ""))
    key, style = ("escalate_now", "bold red") if advice.escalate.needed else ("escalate", "")
    facts.add_row(Text(word(key, language), style), Text(advice.escalate.reason, style))
    if advice.escalate.tell:
        facts.add_row(word("hand_over", language), Text(f"{advice.escalate.who}：{advice.escalate.tell}"))


def advice_card(advice: Advice) -> RenderableType:
    """Return the whole strategy card: what to say now, the steps with their sentences, what to avoid, the sources."""
    language = advice.language
    facts = _grid()
    facts.add_row(word("principle", language), _line(advice.principle, language))
    facts.add_row(word("pace", language), Text(f"{word(advice.pace, language)}：{_pace(advice)}"))
    facts.add_row(word("now", language), _sayings(advice.now, language, sourced=True))
    _add_steps(facts, advice)
    if advice.tuning:
        facts.add_row(word("tuning", language), _lines(advice.tuning, language))
    if advice.notes:
        facts.add_row(word("notes", language), _lines(advice.notes[:NOTES_SHOWN], language))
        if len(advice.notes) > NOTES_SHOWN:
            more = word("more_notes", language).format(len(advice.notes) - NOTES_SHOWN)
            facts.add_row("", Text(more, "dim"))
    if advice.ask:
        facts.add_row(word("ask", language), _questions(advice.ask, language))
    free = [one for one in advice.say if not one.step]
    if free:
        facts.add_row(word("say", language), _sayings(free, language, sourced=True))
    facts.add_row(word("avoid", language), _reasoned(advice.avoid, language))
    if advice.near_groups and not advice.group:
        groups = "、".join(advice.near_groups) if language == "zh" else ", ".join(advice.near_groups)
        facts.add_row(word("near_groups", language), Text(f"{groups}  (--group)"))
    if advice.causes:
        facts.add_row(word("causes", language), _causes(advice.causes, language))
    _add_urgency(facts, advice)
    if advice.escalate.say:
        facts.add_row(word("say", language), _sayings(advice.escalate.say, language, sourced=True))
    facts.add_row(word("clocks", language), _clocks(advice.clocks, language))
    names = " × ".join(NAMES[label].show(language) for label in (advice.state, advice.temperament))
    style = STYLES[advice.state]
    return Panel(facts, title=Text(names, f"bold {style}"), border_style=style, box=box.ROUNDED)


def _add_steps(facts: Table, advice: Advice) -> None:
    """Add the steps with their sentences: ✓ for those done (and by which words), ▶ for the present one."""
    language = advice.language
    done = {one.step: one for one in advice.done}
    for number, step in enumerate(advice.steps, 1):
        said = [one for one in advice.say if one.step == number]
        mark = "▶" if number == advice.present else "✓" if number in done else " "
        lines: list[RenderableType] = [_line(step, language)]
        if number in done:
            lines.append(Text(_proof(done[number], language), "dim"))
        if said:
            lines.append(_sayings(said, language, sourced=True))
        style = "bold reverse" if number == advice.present else "bold"
        facts.add_row(Text(f"{mark} {word('steps', language)} {number}", style), Group(*lines))


def _proof(done: Done, language: Language) -> str:
    """Return by which turn and words a step was done."""
    if not done.turn:
        return word("named_done", language)
    return f"✓ {word('turn', language)} {done.turn}：“{printable(done.words)}”"


def _pace(advice: Advice) -> str:
    if advice.longest_silence is None:
        return advice.pace_note
    return f"{advice.pace_note} {word('silence', advice.language)} {advice.longest_silence}″"


def _causes(causes: Sequence[PossibleCause], language: Language) -> Text:
    lines = []
    for one in causes:
        side = f"{word(one.side, language)}：" if one.side else ""
        lines.append(Text.assemble(side, one.text, (f"  [{source_name(one.source, language)}]", "dim")))
    return Text("\n").join(lines)


def _questions(questions: Sequence[Question], language: Language) -> Text:
    lines = []
    for one in questions:
        line = Text.assemble(f"{one.name}：", (f"“{one.text}”", "green"))
        line.append(f"  [{source_name(one.source, language)}]", "dim")
        lines.append(line)
    return Text("\n").join(lines)


def _clocks(clocks: Clocks, language: Language) -> Text:
    spans = [
        f"{word(key, language)} {span(getattr(clocks, key), language)}" for key in ("acknowledge", "reply", "progress")
    ]
    return Text.assemble("  ".join(spans), (f"  [{clocks.source}]", "dim"))


def reply_card(reply: str, findings: Sequence[Finding], number: int, language: Language) -> RenderableType:
    """Return the card of one draft reply: its words with what to change underlined, why, and what to say instead."""
    worst = min((one.level for one in findings), key=LEVELS.index, default=None)
    style = STYLES[worst or "calm"]
    text = Text(printable(reply))
    for one in reversed(findings):
        text.stylize(f"underline {STYLES[one.level]}", one.start, one.end)
    if len(text) > _LONGEST_SHOWN:
        text = text[:_LONGEST_SHOWN].append(" ……", "dim")
    facts = _grid()
    for one in findings:
        facts.add_row(Text(word(one.level, language), STYLES[one.level]), _fault(one, language))
    if not findings:
        facts.add_row(Text(word("clean", language), style), "")
    return Panel(
        Group(text, Text(), facts),
        title=Text(str(number), style),
        title_align="left",
        border_style=style,
        box=box.ROUNDED,
    )


def _fault(one: Finding, language: Language) -> Text:
    """Return what is wrong with a piece, why, and every rewrite."""
    line = Text(f"“{printable(one.text)}” ", "bold") if one.text else Text()
    line.append(one.message)
    line.append(f"  [{one.rule} · {source_name(one.source, language)}]", "dim")
    for better in one.suggestions:
        line.append(f"\n✓ {better}", "green")
    return line


def _line(piece: Guidance, language: Language) -> Text:
    return Text.assemble(piece.text, (f"  [{source_name(piece.source, language)}]", "dim"))


def _lines(pieces: Sequence[Guidance], language: Language) -> Text:
    return Text("\n").join(_line(piece, language) for piece in pieces)


def _reasoned(avoided: Sequence[Avoided], language: Language) -> Text:
    lines = []
    for one in avoided:
        line = Text.assemble((f"✗ {one.phrase}", "red"), (f"  [{one.source}]", "dim"), f"\n  {one.why}")
        for better in one.instead:
            line.append(f"\n  ✓ {better.text}", "green")
            line.append(f"  [{source_name(better.source, language)}]", "dim")
        lines.append(line)
    return Text("\n").join(lines)
