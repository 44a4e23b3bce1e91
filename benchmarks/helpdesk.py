"""Customer–helpdesk dialogues with satisfaction scores (NTCIR-14 STC-3), read from the user's own copy.

A dialogue ends badly when most of its 19 annotators gave the customer's satisfaction a negative score (they range
from -2 to 2): no cut has to be chosen, and 0 stays on the good side.
"""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from temperament.labels import Reading
from temperament.reader import Classifier
from temperament.turns import Turn

FILE = Path(__file__).resolve().parent.parent.parent / "shared" / "conversations" / "helpdesk.jsonl.gz"
ENDS_BADLY = (
    "19 位标注者中多数给客户满意度打负分",
    "most of 19 annotators give the customer's satisfaction a negative score",
)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One dialogue: its turns, the satisfaction scores, and ``train`` or ``dev`` by the project's labelling."""

    id: str
    turns: tuple[Turn, ...]
    scores: tuple[int, ...]
    part: str

    @property
    def customer(self) -> list[str]:
        """The texts of the customer's turns."""
        return [turn.text for turn in self.turns if turn.speaker == "customer"]

    @property
    def satisfaction(self) -> float:
        """The mean score, -2 to 2."""
        return float(np.mean(self.scores))

    @property
    def displeased(self) -> float:
        """The share of annotators with a negative score."""
        return float(np.mean(np.array(self.scores) < 0))

    @property
    def bad(self) -> bool:
        """Whether it ended badly."""
        return self.displeased > 0.5


def read_dialogues(path: Path = FILE) -> list[Dialogue]:
    """Read the dialogues: JSON lines, packed with gzip or not, or one JSON list as they are handed out.

    Without ``labelled_in`` all count as ``train``.
    """
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig").strip()
    rows = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.split("\n") if line]
    return [
        Dialogue(
            id=str(row["id"]),
            turns=tuple(
                Turn("customer" if turn["sender"] == "customer" else "agent", " ".join(turn["utterances"]))
                for turn in row["turns"]
            ),
            scores=tuple(row["satisfaction"]),
            part=str(row.get("labelled_in", "train")),
        )
        for row in rows
    ]


def read_turns(dialogues: Sequence[Dialogue], classifier: Classifier) -> list[list[Reading]]:
    """Return the readings of every customer's turn, dialogue by dialogue."""
    readings = iter(classifier.classify_many([text for one in dialogues for text in one.customer], explain=False))
    return [[next(readings) for _ in one.customer] for one in dialogues]
