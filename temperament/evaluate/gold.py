"""Gold labels of a file: messages or transcripts, any subset of labels, one annotator or several."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from temperament.datasets import (
    ALSO_COLUMNS,
    Example,
    Row,
    as_text,
    find_column,
    present_columns,
    read_rows,
    text_column,
)
from temperament.errors import InputError, UsageError
from temperament.evaluate import votes
from temperament.evaluate.votes import NAMES, Vote
from temperament.labels import FEELINGS, HEADS, LABELS, Head
from temperament.turns import SPEAKER_KEYS, as_turn
from temperament.turns.reading import turns_key
from temperament.turns.speakers import speaker_named


@dataclass(frozen=True, slots=True)
class Gold:
    """One labelled message.

    A label is ``None`` where none was given or the annotators tie; ``ties`` then names what they tie between. Labels
    the codebook does not know are kept as they were written. ``also`` is ``None`` where the file does not say which
    further states there are. ``votes`` holds every annotator's label; ``columns`` the whole row of the file.
    """

    text: str
    temperament: Vote
    state: Vote
    also: tuple[str, ...] | None = None
    id: str = ""
    votes: Mapping[Head, tuple[Vote, ...]] = field(default_factory=dict)
    ties: Mapping[Head, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, one: "Example | Gold") -> "Gold":
        """Return gold for a labelled message of a corpus."""
        if isinstance(one, Gold):
            return one
        columns = {"source": one.source, "id": one.id}
        return cls(one.text, one.temperament, one.state, one.also, one.id, columns=columns)

    def label(self, head: Head) -> Vote:
        """Return the gold label of one head."""
        return self.temperament if head == "temperament" else self.state

    def known(self, head: Head) -> bool:
        """Tell whether the gold label of one head is one of the codebook's."""
        return self.label(head) in LABELS[head]


def read_gold(
    path: Path, text: str | None = None, temperament: str | None = None, state: str | None = None
) -> list[Gold]:
    """Read labelled messages, or the customer's labelled turns of transcripts; the arguments name columns.

    Labels come from the columns temperament and state (any usual name); where a row has none there, from the majority
    of its annotators (lists votes_t and votes_s, or columns such as state_1, state_2). Raises ``InputError`` when the
    file has no column of labels, naming the columns it has.
    """
    rows = list(_messages(read_rows(path)))
    if not rows:
        raise InputError(f"{path} 里没有消息。", f"{path} holds no messages.")
    columns = present_columns(rows, len(rows))
    asked: dict[Head, str | None] = {"temperament": temperament, "state": state}
    named = {head: _asked(asked[head], columns, path) or find_column(columns, NAMES[head]) for head in HEADS}
    ballots = [votes.Ballot.of(columns, head) for head in HEADS]
    if not any(named.values()) and not any(ballots):
        raise _unlabelled(path, columns)
    where = text_column(columns, path, text)
    voted = {column for one in ballots for column in one.columns}
    also = find_column([column for column in columns if column not in voted], ALSO_COLUMNS)
    return [_gold(row, where, named, also, ballots) for row in rows]


def _messages(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows that are a customer's: of a transcript the customer's turns, with the columns of the conversation."""
    for row in rows:
        key = turns_key(row)
        turns = row[key] if key is not None else None
        if turns is None:
            yield from [row] if _is_customer(row) else []
            continue
        outer = {key: value for key, value in row.items() if value is not turns}
        for number, turn in enumerate(turns, 1):
            if isinstance(turn, dict) and _is_customer(turn):
                yield outer | {"turn": number} | turn | {"text": as_turn(turn, number).text}


def _is_customer(row: Row) -> bool:
    """Tell whether a row is a customer's: whoever is not known to be somebody else."""
    name = find_column(list(row), SPEAKER_KEYS)
    return name is None or speaker_named(as_text(row[name])) in {"customer", None}


def _asked(name: str | None, columns: Sequence[str], path: Path) -> str | None:
    if name is None or name in columns:
        return name
    raise UsageError(
        f"{path} 里没有名为 {name} 的列；现有的列：{'、'.join(columns)}。",
        f"{path} has no column named {name}; it has: {', '.join(columns)}.",
    )


def _unlabelled(path: Path, columns: Sequence[str]) -> InputError:
    return InputError(
        f"{path} 里没有标注：要有名为 temperament（气质）或 state（情绪）的列，至少一个；多位标注者用 votes_t、votes_s，"
        f"或 state_1、state_2 这样的列。现有的列：{'、'.join(columns)}。可用 --temperament-column、--state-column 指明。",
        f"{path} has no labels: it needs a column named temperament or state, at least one of them; several annotators go into "
        f"votes_t and votes_s, or into columns such as state_1 and state_2. It has: {', '.join(columns)}. Or name the column "
        "with --temperament-column or --state-column.",
    )


def _gold(
    row: Row, text: str, named: Mapping[Head, str | None], also: str | None, ballots: Sequence[votes.Ballot]
) -> Gold:
    voices = {one.head: one.votes(row) for one in ballots}
    labels: dict[Head, Vote] = {}
    ties: dict[Head, tuple[str, ...]] = {}
    for head in HEADS:
        name = named[head]
        best = votes.majority(voices[head])
        labels[head] = votes.as_label(head, row.get(name)) if name else None
        if labels[head] is None and len(best) == 1:
            labels[head] = best[0]
        elif labels[head] is None and best:
            ties[head] = best
    return Gold(
        text=as_text(row.get(text)),
        temperament=labels["temperament"],
        state=labels["state"],
        also=None if also is None else _further(row.get(also)),
        id=as_text(row.get("id")),
        votes=voices,
        ties=ties,
        columns=row,
    )


def _further(value: object) -> tuple[str, ...]:
    """Return the further states that the codebook knows."""
    return tuple(label for label in votes.listed("state", value) if label in FEELINGS)
