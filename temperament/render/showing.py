"""What the report's templates call: names, numbers and times in one language, marked words, and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from markupsafe import Markup

from temperament.conversation.results import AgentTurn, Conversation, CustomerTurn, OtherTurn
from temperament.labels import LABELS, NAMES, STATES
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.render.charts import Axis, Bar, Column, bar_chart, column_chart
from temperament.render.drawing import tag
from temperament.render.marking import Span, folded
from temperament.render.report_words import kind_name
from temperament.render.words import source_name, word

STATE_COLOURS = {
    "angry": "#d55e00",
    "anxious": "#e69f00",
    "confused": "#cc79a7",
    "difficult": "#0072b2",
    "calm": "#009e73",
}
_PLAIN = "#52606d"
_MOST_SQUARES = 16


@dataclass(frozen=True, slots=True)
class Showing:
    """How values are shown in one language; ``w`` holds the words of the report."""

    language: Language
    w: SimpleNamespace
    book: Playbook

    def name(self, label: str) -> str:
        """Return what a state or a temperament is called."""
        return NAMES[label].show(self.language)

    def kind(self, kind: str) -> str:
        """Return what a kind of finding is called."""
        return kind_name(kind, self.language)

    def source(self, source: str) -> str:
        """Return how a source is shown."""
        return source_name(source, self.language)

    def count(self, number: int) -> str:
        """Return a count with its thousands set apart."""
        return f"{number:,}"

    def percent(self, share: float | None) -> str:
        """Return a share as per cent; a dash where there is none."""
        return "–" if share is None else f"{share:.0%}"

    def score(self, value: float | None) -> str:
        """Return a trust score; a dash where there is none."""
        return "–" if value is None else f"{value:.0f}".replace("-", "−")

    def duration(self, minutes: float | None) -> str:
        """Return a time in its largest fitting unit; a dash where there is none."""
        if minutes is None:
            return "–"
        for size, zh, en in ((1440, "天", "d"), (60, "小时", "h")):
            if minutes >= size:
                return f"{minutes / size:.1f}".removesuffix(".0") + f" {en if self.language == 'en' else zh}"
        if minutes < 1:
            return f"{minutes * 60:.0f} {'s' if self.language == 'en' else '秒'}"
        return f"{minutes:.0f} {'min' if self.language == 'en' else '分钟'}"

    def chance(self, value: float) -> str:
        """Return a small probability."""
        return f"{value:.1%}" if value >= 0.001 else "<0.1%"

    def word(self, key: str) -> str:
        """Return a word of the report by a key put together in the template."""
        return str(getattr(self.w, key))

    def reason(self, reason: str) -> str:
        """Return why a message could not be read."""
        return word(reason, self.language)

    def moves(self, moves: Sequence[str]) -> str:
        """Return what moves are called."""
        names = {rule.move: rule.name for rule in self.book.moves.values()}
        return " · ".join(getattr(names[move], self.language) if move in names else move for move in moves)

    def other_words(self, turn: OtherTurn) -> Markup:
        """Return the words of neither side."""
        return folded(turn.turn.text, (), self.w.more)

    def customer_words(self, turn: CustomerTurn) -> Markup:
        """Return a customer's words with the evidence and the signals marked."""
        spans = [
            Span(
                one.start,
                one.end,
                f"ev {one.label}",
                f"{self.w.key_evidence}: {self.name(one.label)} {-one.weight:+.2f}",
            )
            for one in turn.reading.evidence
        ]
        spans += [Span(one.start, one.end, "sig", f"{one.name}: {one.why}") for one in turn.signals]
        return folded(turn.turn.text, spans, self.w.more)

    def agent_words(self, turn: AgentTurn) -> Markup:
        """Return an agent's words with findings underlined and numbered, and promises marked."""
        text = turn.turn.text
        spans = [
            Span(one.start, one.end, f"fi {one.level}", one.message, str(number))
            for number, one in enumerate(turn.findings, 1)
            if one.text
        ]
        for words in turn.promises:
            start = text.find(words)
            if words and start >= 0:
                spans.append(Span(start, start + len(words), "pro", self.w.key_promise))
        return folded(text, spans, self.w.more)

    def state_picture(self, conversation: Conversation) -> Markup:
        """Return the states' probabilities of every turn of the customer as stacked columns, with the forecast as a line."""
        turns = conversation.customer_turns
        signs = {one.turn: "▲" if one.direction == "worse" else "▼" for one in conversation.turning_points}
        if conversation.step_in is not None:
            signs[conversation.step_in] = signs.get(conversation.step_in, "") + "!"
        columns = [
            Column(
                str(one.number),
                [one.reading.state_probabilities[state] for state in STATES],
                signs.get(one.number, ""),
            )
            for one in turns
        ]
        return column_chart(
            columns,
            Axis(self.w.probability, 0, 1, percent=True),
            title=self.w.state_title,
            kinds=[(self.name(state), STATE_COLOURS[state]) for state in STATES],
            note=self._course(conversation),
            line=[one.risk for one in turns],
            line_name=self.w.risk,
            x_label=self.w.turn_axis,
        )

    def _course(self, conversation: Conversation) -> str:
        told = [
            f"{one.number} {self.name(one.reading.state)} {one.reading.state_probabilities[one.reading.state]:.0%}"
            for one in conversation.customer_turns
        ]
        return ", ".join(told)

    def manner_picture(self, conversation: Conversation) -> Markup:
        """Return the probabilities of the temperaments over the whole conversation as bars."""
        chances = conversation.manner.probabilities
        leading = conversation.manner.temperament
        bars = [
            Bar(self.name(label), chances[label], f"{chances[label]:.0%}", _PLAIN if label != leading else "#0072b2")
            for label in LABELS["temperament"]
        ]
        return bar_chart(bars, title=self.w.manner_title)

    def strip(self, conversation: Conversation) -> Markup:
        """Return the leading state of every turn as a row of small squares, and the first and last one in words."""
        states = [one.reading.state for one in conversation.customer_turns]
        shown = _thinned(states)
        squares = [
            tag("rect", x=number * 12, y=0, width=10, height=10, rx=2, fill=STATE_COLOURS[state])
            for number, state in enumerate(shown)
        ]
        label = " → ".join(self.name(one) for one in states)
        width = max(len(shown), 1) * 12
        return tag(
            "svg", *squares, viewBox=f"0 0 {width} 10", width=width, height=10, role="img", aria_label=label or "–"
        )

    def counts(self, counted: dict[str, int], title: str, *, states: bool = False) -> Markup:
        """Return counts as bars: of states in their colours, of anything else in one."""
        bars = [
            Bar(self.name(key), count, self.count(count), STATE_COLOURS[key])
            if states
            else Bar(key, count, self.count(count))
            for key, count in counted.items()
        ]
        return bar_chart(bars, title=title)


def _thinned(states: Sequence[str]) -> Sequence[str]:
    """Return at most so many states as fit a row, evenly taken, the first and the last among them."""
    if len(states) <= _MOST_SQUARES:
        return states
    step = (len(states) - 1) / (_MOST_SQUARES - 1)
    return [states[round(number * step)] for number in range(_MOST_SQUARES)]
