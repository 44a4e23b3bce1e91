"""Conversations as one HTML file: an overview of the team, then one conversation after the other, turn by turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

from markupsafe import Markup

from temperament import playbook
from temperament.conversation.results import AgentTurn, Conversation, CustomerTurn
from temperament.labels import STATES
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.render.blocks import Block, kind_of, pieces
from temperament.render.charts import PALETTE, Axis, Column, column_chart, heat_table
from temperament.render.pages import render_page
from temperament.render.report_words import report_words
from temperament.render.showing import STATE_COLOURS, Showing
from temperament.reply import MISSING
from temperament.summary import AgentSummary, Coaching, Day, TeamSummary, by_attention, coaching, summarise

MOST = 200
"""How many conversations are listed one by one; the others count in the overview only."""
MOST_POINTS = 8
"""How many coaching points stand with one conversation."""
MOST_SHARED = 6
"""How many coaching points stand with one agent in the overview."""
MOST_PLACES = 4
"""How many places of a coaching point are named, listed conversations first."""
MOST_AGENTS = 40
_KEPT_FOR_STEPS = 2
_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class _Entry:
    """One conversation that is listed: its number in the page (its anchor), itself, and what to coach."""

    number: int
    talk: Conversation
    points: tuple[Coaching, ...]


def report_page(
    conversations: Sequence[Conversation],
    language: Language,
    *,
    title: str = "",
    book: Playbook | None = None,
    most: int = MOST,
    card: Sequence[Block] = (),
) -> str:
    """Return one self-contained HTML page: the overview where there are several conversations, then each of them.

    ``title`` names what was read (a file, a folder). With more than ``most`` conversations those that need attention
    most are listed and the page says how many are not; all count in the overview. ``book`` is the playbook of the
    analysis, ``card`` the blocks of a scorecard, shown where there are any. The page holds no script and asks nothing
    of the network; it is meant for the screen and for A4.
    """
    listed = by_attention(conversations)[:most]
    entries = [_Entry(number, one, coaching(one, language, book)) for number, one in enumerate(listed, 1)]
    anchors = {one.talk.id: one.number for one in entries}
    words = report_words(language)
    show = Showing(language, words, book or playbook.shipped())
    team = summarise(conversations, language, book) if len(conversations) > 1 else None
    return render_page(
        "report.html.j2",
        language,
        w=words,
        show=show,
        states=STATES,
        title=title,
        entries=entries,
        anchors=anchors,
        left_out=len(conversations) - len(listed),
        team=team,
        pictures=_pictures(team, show) if team else {},
        agents=team.agents[:MOST_AGENTS] if team else (),
        rows=_rows(team) if team else (),
        chosen_points=_chosen,
        chosen_places=lambda places: sorted(places, key=lambda one: one.conversation not in anchors)[:MOST_PLACES],
        most_places=MOST_PLACES,
        most_points=MOST_POINTS,
        most_shared=MOST_SHARED,
        is_customer=lambda turn: isinstance(turn, CustomerTurn),
        is_agent=lambda turn: isinstance(turn, AgentTurn),
        card=card,
        pieces=pieces,
        kind=kind_of,
    )


def _chosen(points: Sequence[Coaching], most: int) -> list[Coaching]:
    """Return the points to show: two places are kept for steps left out, however many words are to be changed."""
    steps = [one for one in points if one.kind == "step"]
    others = [one for one in points if one.kind != "step"]
    kept = others[: most - min(len(steps), _KEPT_FOR_STEPS)]
    return kept + steps[: most - len(kept)]


def _rows(team: TeamSummary) -> tuple[AgentSummary, ...]:
    """Return the rows of the table of agents: each agent, and everybody where there are several."""
    return (*team.agents[:MOST_AGENTS], team.total) if len(team.agents) > 1 else team.agents


def _pictures(team: TeamSummary, show: Showing) -> dict[str, Markup]:
    """Return the pictures of the overview by name; what has nothing to show is left out."""
    w = show.w
    found = {
        "led": show.counts(dict(team.led), w.led, states=True),
        "ended": show.counts(dict(team.ended), w.ended, states=True),
    }
    said = {kind: count for kind, count in team.total.findings.items() if kind != MISSING}
    if said:
        found["kinds"] = show.counts({show.kind(kind): count for kind, count in said.items()}, w.kinds_title)
    if team.total.missing:
        parts = {show.kind(rule): count for rule, count in team.total.missing.items()}
        found["missing"] = show.counts(parts, w.missing_title)
    if team.signals:
        found["signals"] = show.counts(dict(team.signals), w.signals_title)
    if len(team.days) > 1:
        found["days"] = _days(team.days, w)
    if len(team.agents) > 1 and said:
        found["agents"] = _agents(team.agents[:MOST_AGENTS], list(said), show)
    return found


def _days(days: Sequence[Day], w: SimpleNamespace) -> Markup:
    """Return the conversations of every day as columns, days without any among them unless they are too many."""
    known = {one.day: one for one in days}
    between = (days[-1].day - days[0].day).days + 1
    shown = [days[0].day + timedelta(number) for number in range(between)] if between <= _MOST_DAYS else list(known)
    long = shown[0].year != shown[-1].year
    columns = []
    for day in shown:
        one = known.get(day, Day(day, 0, 0))
        name = day.strftime("%Y-%m-%d" if long else "%m-%d")
        columns.append(Column(name, [one.upset, one.conversations - one.upset]))
    top = max(one.conversations for one in days)
    return column_chart(
        columns,
        Axis(w.conversations, 0, top, whole=True),
        title=w.days_title,
        kinds=[(w.upset, PALETTE[1]), (w.calm, STATE_COLOURS["calm"])],
        x_label=w.day,
    )


def _agents(agents: Sequence[AgentSummary], kinds: Sequence[str], show: Showing) -> Markup:
    """Return a shaded table of agents by kinds of findings."""
    return heat_table(
        [one.agent or show.w.nobody for one in agents],
        [show.kind(kind) for kind in kinds],
        [[one.findings.get(kind, 0) for kind in kinds] for one in agents],
        caption=show.w.agent_kinds,
        corner=show.w.agent,
    )
