r"""Let a model read unlabelled public texts and keep id + probabilities, no text: what ``models/default`` learns from.

    python data/read_softly.py -o data/public/soft_labels.jsonl.gz --model semantic --count 20000 \
        --reviews ../shared/unlabelled/reviews.jsonl.gz --stc3 ../shared/conversations/helpdesk.jsonl.gz

Texts of a labelled file given with ``--without`` are left out. ``join_public.py`` puts the texts back.
"""

import argparse
import gzip
import json
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from join_public import dialogue_units, identifier, mask, read_dialogues, read_json_lines

from temperament.labels import Reading
from temperament.reader import Classifier

SEED = 20261122
DIGITS = 3
CHUNK = 500


def candidates(reviews: Path | None, stc3: Path | None) -> Iterable[tuple[str, str]]:
    """Yield (source, masked text) of all reviews and of every customer turn and dialogue marked for training."""
    for row in read_json_lines(reviews) if reviews else ():
        yield str(row["source"]), mask(str(row["text"]))
    dialogues = [one for one in read_dialogues(stc3) if one.get("labelled_in") != "dev"] if stc3 else []
    for unit in dialogue_units(dialogues):
        yield "stc3", mask(unit.text)


def soft_row(source: str, reading: Reading) -> dict[str, Any]:
    """Return what is kept of a reading."""
    tables = {
        "temperament_probabilities": reading.temperament_probabilities,
        "state_probabilities": reading.state_probabilities,
        "present_probabilities": reading.present_probabilities,
    }
    rounded = {name: {label: round(one, DIGITS) for label, one in table.items()} for name, table in tables.items()}
    return {"id": identifier(source, reading.text), "source": source, "kind": "soft", **rounded}


def main() -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--model", default="semantic")
    parser.add_argument("--count", type=int, default=20_000, help="how many reviews, drawn at random")
    parser.add_argument("--reviews", type=Path)
    parser.add_argument("--stc3", type=Path)
    parser.add_argument("--without", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    left_out = {row["id"] for path in options.without for row in read_json_lines(path)}
    found = {identifier(source, text): (source, text) for source, text in candidates(options.reviews, options.stc3)}
    chosen = [pair for key, pair in found.items() if key not in left_out]
    dialogues = [pair for pair in chosen if pair[0] == "stc3"]
    reviews = [pair for pair in chosen if pair[0] != "stc3"]
    random.Random(SEED).shuffle(reviews)
    wanted = [*dialogues, *reviews[: options.count]]
    classifier = Classifier.load(options.model)
    with gzip.open(options.output, "wt", encoding="utf-8") as file:
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            readings = classifier.classify_many([text for _, text in part], explain=False)
            for (source, _), reading in zip(part, readings, strict=True):
                if reading.reason is None:
                    file.write(json.dumps(soft_row(source, reading), ensure_ascii=False) + "\n")
            sys.stderr.write(f"\r{start + len(part)} / {len(wanted)}")
    sys.stderr.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
