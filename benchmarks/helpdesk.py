"""Customer–helpdesk dialogues with satisfaction scores (NTCIR-14 STC-3), read from the user's own copy.

A dialogue ends badly when most of its 19 annotators gave the customer's satisfaction a negative score (they range
from -2 to 2): no cut has to be chosen, and 0 stays on the good side.
"""

import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from temperament import model
from temperament.labels import STATES, TEMPERAMENTS, Reading
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


def remembered_readings(
    dialogues: Sequence[Dialogue], classifier: Classifier, folder: Path | None
) -> list[list[Reading]]:
    """Return ``read_turns``, kept in a folder (where one is given) as probabilities without text for the next run."""
    if folder is None:
        return read_turns(dialogues, classifier)
    folder.mkdir(parents=True, exist_ok=True)
    told = "\0".join(text for one in dialogues for text in one.customer)
    mark = ((model.find(classifier.model.name) / model.MANIFEST).read_text(encoding="utf-8"), told)
    path = folder / f"{classifier.model.name}-{hashlib.sha256(repr(mark).encode()).hexdigest()[:12]}.npy"
    if not path.exists():
        readings = [reading for one in read_turns(dialogues, classifier) for reading in one]
        rows = [[*one.temperament_probabilities.values(), *one.state_probabilities.values()] for one in readings]
        np.save(path, np.array(rows))
    chances = iter(np.load(path).tolist())
    return [[_reading(text, next(chances)) for text in one.customer] for one in dialogues]


def _reading(text: str, chances: list[float]) -> Reading:
    manners, states = chances[: len(TEMPERAMENTS)], chances[len(TEMPERAMENTS) :]
    return replace(
        Reading.of(text=text),
        temperament_probabilities=dict(zip(TEMPERAMENTS, manners, strict=True)),
        state_probabilities=dict(zip(STATES, states, strict=True)),
    )
