"""Scorecards as blocks, for the terminal and the HTML report."""

from collections.abc import Iterator, Sequence

from temperament.language import Language
from temperament.playbook import Playbook
from temperament.render.blocks import Block, Grid, Heading, Quote, Words
from temperament.render.scorecard_words import card_word
from temperament.scorecard import AgentCard, Heard, Item, Occasion, Scorecard, Tally, TeamCard
from temperament.scorecard.results import LEAST

MOST_AGENTS = 8
"""How many agents have a column or a paragraph of their own, the busiest first."""
_MOST_PLACES = 3
_MOST_VOICES = 2
_MOST_CAUSES = 5
_LONGEST = 24


def card_blocks(card: Scorecard, language: Language) -> list[Block]:
    """Return the scorecard of one conversation: what shows with its evidence, then what does not show and why."""

    def w(key: str) -> str:
        return card_word(key, language)

    rows = [(w(one.area), one.name, f"{one.met}/{one.chances}", _evidence(one, language)) for one in card.shown]
    blocks: list[Block] = [Heading(w("title")), Words(w("how"))]
    if rows:
        blocks.append(Grid((w("area"), w("item"), w("count"), w("evidence")), _grouped(rows), names=4))
    return blocks + list(_unseen(card.unseen, language))


def team_blocks(team: TeamCard, book: Playbook, language: Language) -> list[Block]:
    """Return the scorecard of many conversations: all together, by the manuals' lists, each agent, and the customers."""

    def w(key: str) -> str:
        return card_word(key, language)

    rows = [_tally_row(one, language) for one in team.total.tallies if one.chances]
    columns = (w("area"), w("item"), w("count"), w("share"), w("interval"), w("talks"))
    blocks: list[Block] = [Heading(w("title")), Words(w("how")), Grid(columns, _grouped(rows), names=2)]
    blocks += [Heading(w("ratings"), 3), Words(w("ratings_how").format(LEAST)), _ratings(team, book, language)]
    if any(one.agent for one in team.agents):
        blocks.append(Heading(w("agents"), 3))
        for agent in team.agents[:MOST_AGENTS]:
            blocks += _agent(agent, language)
    blocks += _examples(team.total, language)
    blocks += _unseen([one for one in team.total.tallies if not one.chances], language)
    return blocks + _heard(team.heard, language)


def _grouped(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return rows with the first cell left out where it is that of the row above."""
    return [("", *row[1:]) if number and row[0] == rows[number - 1][0] else row for number, row in enumerate(rows)]


def _evidence(item: Item, language: Language) -> str:
    """Return the places of an item: what was not done first; counts that have no better side need none."""
    if item.neutral:
        return ""
    met = [one for one in item.occasions if one.met and one.text]
    chosen = [*item.missed[:_MOST_PLACES], *met][:_MOST_PLACES]
    left = len(item.missed) - sum(not one.met for one in chosen)
    more = [card_word("more", language).format(left)] if left else []
    return ("；" if language == "zh" else "; ").join([*(_place(one, language) for one in chosen), *more])


def _place(one: Occasion, language: Language) -> str:
    mark = "✓" if one.met else "✗"
    where = card_word("turn", language).format(one.turn) if one.turn is not None else card_word("nowhere", language)
    words = f"“{_short(one.text)}”" if one.text else ""
    return f"{mark} {where}{words}" + (f" ({_short(one.note)})" if one.note else "")


def _short(text: str) -> str:
    line = text.replace("\n", " ")
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def _unseen(items: Sequence[Item | Tally], language: Language) -> Iterator[Block]:
    """Yield what does not show, those with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for one in items:
        reasons.setdefault(one.unseen, []).append(one.name)
    if reasons:
        yield Heading(card_word("unseen", language), 3)
    for reason, names in reasons.items():
        yield Words(reason, ("、" if language == "zh" else ", ").join(names) + ("：" if language == "zh" else ":"))


def _tally_row(one: Tally, language: Language) -> tuple[str, ...]:
    interval = "" if one.low is None or one.high is None else f"{one.low:.0%}–{one.high:.0%}"
    count = f"{one.met}/{one.chances}"
    return (card_word(one.area, language), one.name, count, _percent(one.share), interval, str(one.conversations))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _ratings(team: TeamCard, book: Playbook, language: Language) -> Grid:
    shown = [one for one in team.agents if one.agent][:MOST_AGENTS]
    cards = [team.total, *shown] if len(shown) > 1 or (shown and len(team.agents) > 1) else [team.total]
    names = [card_word("everybody", language), *(one.agent for one in shown)][: len(cards)]
    tallies = {one.measure: one for one in team.total.tallies}
    rows = []
    for number, side in enumerate(team.total.ratings):
        name = f"{book.rubrics[side.rubric].name.show(language)} · {side.name}"
        parts = [f"{tallies[key].name} {_percent(tallies[key].share)}" for key in side.measures]
        made_of = ("、" if language == "zh" else ", ").join(parts) or side.unseen
        rows.append((name, made_of, *(_percent(card.ratings[number].share) for card in cards)))
    return Grid((card_word("side", language), card_word("made_of", language), *names), rows, names=2)


def _agent(card: AgentCard, language: Language) -> list[Block]:
    name = f"{card.agent or card_word('nobody', language)} · " + card_word("conversations", language).format(
        card.conversations
    )
    listed = [f"{one.name} {one.met}/{one.chances}（{one.practise}）" for one in card.practise]
    if language == "en":
        listed = [f"{one.name} {one.met}/{one.chances} ({one.practise})" for one in card.practise]
    practise = ("；" if language == "zh" else "; ").join(listed) or card_word("nothing", language)
    colon = "：" if language == "zh" else ": "
    blocks: list[Block] = [Words(f"{card_word('practise', language)}{colon}{practise}", name)]
    if card.strain is not None:
        one = card.strain
        ends = one.first if one.first == one.last else f"{one.first} – {one.last}"
        said = card_word("strain", language).format(one.longest, ends) if one.longest else ""
        temper = card_word("temper", language).format(_percent(one.earlier), _percent(one.later))
        blocks.append(Words(("；" if language == "zh" else "; ").join(filter(None, [said, temper]))))
    return blocks


def _examples(card: AgentCard, language: Language) -> list[Block]:
    """Return where the measures to practise first were not done, where a turn shows it."""
    blocks: list[Block] = []
    for tally in card.practise:
        places = [one for one in tally.missed if one.occasion.turn is not None][:_MOST_PLACES]
        if places:
            listed = [f"{one.conversation} {_place(one.occasion, language)}" for one in places]
            blocks.append(Words(("；" if language == "zh" else "; ").join(listed), tally.name))
    return [Heading(card_word("missed", language), 3), *blocks] if blocks else []


def _heard(heard: Heard, language: Language) -> list[Block]:
    def w(key: str) -> str:
        return card_word(key, language)

    blocks: list[Block] = [Heading(w("heard")), Words(w("heard_how"))]
    rows = [(w(one.kind), one.name, str(one.conversations), str(one.choleric)) for one in heard.matters]
    rows += [(w("cause"), text, str(count), "") for text, count in heard.causes[:_MOST_CAUSES]]
    rows.sort(key=lambda row: [w(kind) for kind in ("policy", "need", "advice", "cause")].index(row[0]))
    if not rows:
        return [*blocks, Words(w("nothing_heard"))]
    blocks.append(Grid((w("kind"), w("matter"), w("talks"), w("choleric")), _grouped(rows), names=2))
    for one in heard.matters:
        if one.kind != "need":
            for voice in one.voices[:_MOST_VOICES]:
                where = f"{w(one.kind)} · {one.name} · {voice.conversation} {w('turn').format(voice.turn)}"
                blocks.append(Quote(where, voice.text))
    return blocks + _customers(heard, language)


def _customers(heard: Heard, language: Language) -> list[Block]:
    if not heard.customers:
        return []
    columns = [card_word(key, language) for key in ("customer", "talks", "praise", "criticism")]
    rows = [
        (one.name, str(one.conversations), str(one.praise), str(one.criticism))
        for one in sorted(heard.customers, key=lambda one: (-one.criticism, one.name))
    ]
    return [Grid(columns, rows, title=card_word("customers", language))]
