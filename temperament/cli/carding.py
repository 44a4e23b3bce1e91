"""What ``transcript --scorecard`` shows: one talk with its card, or the card of many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from temperament.cli.common import show, write_json
from temperament.cli.reporting import write_report

if TYPE_CHECKING:
    from temperament.conversation import Conversation
    from temperament.language import Language
    from temperament.playbook import Playbook
    from temperament.render.blocks import Block


@dataclass(frozen=True, slots=True)
class Carding:
    """What scorecards are made with."""

    book: "Playbook"
    language: "Language"
    channel: str | None


def show_scorecard(
    read: "Sequence[Conversation]", made: Carding, page: Path | None, files: Sequence[Path], *, as_json: bool
) -> None:
    """Show the scorecard of conversations in the terminal, as JSON, or within the report ``page``."""
    if page is not None:
        blocks = _blocks(read, made)
        write_report(read, page, files, made.language, made.book, as_json=as_json, card=blocks)
    elif as_json:
        write_json(_lines(read, made))
    else:
        from temperament.render.blocks import to_terminal

        if len(read) == 1:
            from temperament.render.conversations import timeline

            show(timeline(read[0], made.book, made.language))
        show(to_terminal(_blocks(read, made)))


def _blocks(read: "Sequence[Conversation]", made: Carding) -> "list[Block]":
    from temperament.render.scorecards import card_blocks, team_blocks
    from temperament.scorecard import scorecard, team_card

    if len(read) == 1:
        one = scorecard(read[0], channel=made.channel, language=made.language, book=made.book)
        return card_blocks(one, made.language)
    team = team_card(read, channel=made.channel, language=made.language, book=made.book)
    return team_blocks(team, made.book, made.language)


def _lines(read: "Sequence[Conversation]", made: Carding) -> "Iterator[dict[str, Any]]":
    """Yield every conversation with its card; where there are several, the card of all comes last."""
    from temperament.render.jsonl import conversation_json, scorecard_json, team_card_json
    from temperament.scorecard import scorecard, team_card

    for one in read:
        card = scorecard(one, channel=made.channel, language=made.language, book=made.book)
        yield conversation_json(one) | {"scorecard": scorecard_json(card)}
    if len(read) > 1:
        team = team_card(read, channel=made.channel, language=made.language, book=made.book)
        yield {"team": team_card_json(team)}
