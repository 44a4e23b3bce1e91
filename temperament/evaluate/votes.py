"""Labels as people write them: codebook labels by any of their names, other labels as they are, several annotators' votes."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from temperament.datasets import STATE_COLUMNS, TEMPERAMENT_COLUMNS, Row
from temperament.errors import UsageError
from temperament.labels import Head, state_label, temperament_label

NAMES: dict[Head, tuple[str, ...]] = {"temperament": TEMPERAMENT_COLUMNS, "state": STATE_COLUMNS}
_LISTS: dict[Head, tuple[str, ...]] = {
    "temperament": ("votes_t", "votes_temperament", "temperament_votes", "气质投票"),
    "state": ("votes_s", "votes_state", "state_votes", "情绪投票"),
}
_NO_ANNOTATOR = {"probabilities", "confidence", "votes", "column", "note", "gold", "true", "pred", "source", "time"} | {
    "date",
    "code",
    "id",
    "before",
    "after",
    "reason",
    "by",
    "score",
}
"""What a column such as state_probabilities holds is no annotator's label."""
_SEPARATORS = re.compile(r"[,，;；、\s]+")

Vote = str | None


def as_label(head: Head, value: object) -> Vote:
    """Return the codebook's label for any of its names, an unknown label as it is written, and ``None`` for a blank."""
    if value is None or value != value:  # NaN, the missing value of tables, differs from itself
        return None
    text = str(value).strip()
    try:
        return (temperament_label if head == "temperament" else state_label)(text) if text else None
    except UsageError:
        return text


def majority(votes: Sequence[Vote]) -> tuple[str, ...]:
    """Return the label most annotators gave: several where they tie, none where nobody gave one.

    >>> majority(["angry", "calm", "angry", None]), majority(["calm", "angry"]), majority([None])
    (('angry',), ('angry', 'calm'), ())
    """
    counts = Counter(vote for vote in votes if vote is not None)
    most = max(counts.values(), default=0)
    return tuple(sorted(label for label, count in counts.items() if count == most))


def vote_columns(columns: Sequence[str], head: Head) -> dict[str, str]:
    """Return the columns that hold one annotator's labels each, by annotator: state_1, anna_state, 情绪1.

    A single such column is no set of annotators, and none is returned.
    """
    found: dict[str, str] = {}
    for column in columns:
        cleaned = column.strip().lower()
        for name in NAMES[head]:
            who = _annotator(cleaned, name.lower())
            if who and who not in _NO_ANNOTATOR:
                found.setdefault(who, column)
    return found if len(found) > 1 else {}


def _annotator(column: str, name: str) -> str | None:
    match = re.fullmatch(rf"{name}[ _.:-]?(\d+)|{name}[ _.:-]+(.+)|(.+?)[ _.:-]+{name}", column)
    return next(filter(None, match.groups()), None) if match else None


def list_column(columns: Sequence[str], head: Head) -> str | None:
    """Return the column that holds all annotators' labels as one list, such as votes_s."""
    cleaned = {column.strip().lower(): column for column in columns}
    return next((cleaned[name] for name in _LISTS[head] if name in cleaned), None)


def listed(head: Head, value: object) -> tuple[Vote, ...]:
    """Return the votes of one list, or of one text with separators between them; ``|`` keeps the places of blanks."""
    if value is None or value != value:
        return ()
    if isinstance(value, list | tuple):
        return tuple(as_label(head, one) for one in value)
    text = str(value).strip("[] ")
    parts = text.split("|") if "|" in text else [one for one in _SEPARATORS.split(text) if one]
    return tuple(as_label(head, one.strip("'\" ")) for one in parts)


@dataclass(frozen=True, slots=True)
class Ballot:
    """Where a file keeps the votes of one head: one column with lists, or one column an annotator."""

    head: Head
    lists: str | None
    columns: tuple[str, ...]

    @classmethod
    def of(cls, columns: Sequence[str], head: Head) -> "Ballot":
        """Find the votes of one head among the columns of a file; a column of lists goes first."""
        return cls(head, list_column(columns, head), tuple(vote_columns(columns, head).values()))

    def __bool__(self) -> bool:
        """Tell whether the file has votes."""
        return bool(self.lists or self.columns)

    def votes(self, row: Row) -> tuple[Vote, ...]:
        """Return what every annotator said of one message; nothing where the file has no votes."""
        if self.lists is not None:
            return listed(self.head, row.get(self.lists))
        return tuple(as_label(self.head, row.get(one)) for one in self.columns)
