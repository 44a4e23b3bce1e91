r"""Join this project's labels to your own copy of the public texts they belong to.

No third-party text is in this repository: ``data/public/*_labels.jsonl`` holds ids and labels only. An id is the
first 12 hex digits of SHA-256 over source + NUL + text, after the masking below, so any copy of the same public
collection gives the same ids. Get the collections from their owners (``data/README.md`` says where), then:

    python data/join_public.py data/public/real_train_labels.jsonl -o real_train.jsonl \
        --stc3 stc3_train.json --waimai waimai_10k.csv --htl ChnSentiCorp_htl_all.csv --shopping online_shopping_10_cats.csv

Reviews of several collections may also come as one file of JSON lines with the fields ``source`` and ``text``; every
file may be packed with gzip:

    python data/join_public.py data/public/more_labels.jsonl -o more.jsonl \
        --stc3 helpdesk.jsonl.gz --reviews reviews.jsonl.gz

``--complaints FILE`` puts whole cases of people who complain into a file of their own: opening messages and dialogues
whose readers found the customer more dissatisfied than satisfied, and reviews whose marks are bad. They are what a
complaint desk gets, so models are calibrated on them. ``--grades FILE`` gives every row whose id stands there its grades.
"""

import argparse
import csv
import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REVIEWS = "reviews"
COPIES = ("stc3", "waimai", "htl", "shopping", REVIEWS)
ALIKE = {"htl": ("htl", "shopping"), "shopping": ("shopping", "htl")}
"""Hotel reviews stand in two collections; a file of several that repeats no text names only one of them."""
TURN = "turn"
"""A single later turn: part of a case, not a whole one."""
_MASKS = (
    (re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"), "[邮箱]"),
    (re.compile(r"https?://[A-Za-z0-9./?=&_%#-]+"), "[链接]"),
    (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), "[电话]"),
    (re.compile(r"\d{9,}"), "[编号]"),
    (re.compile(r"[ \t]+"), " "),
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One labelled unit of a public collection; ``complains`` tells whether its writer was dissatisfied."""

    source: str
    text: str
    complains: bool


def mask(text: str) -> str:
    """Mask e-mail addresses, links, mobile numbers and long numbers; shrink blanks; strip the ends."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text.strip()


def identifier(source: str, text: str) -> str:
    """Return the id of a masked text."""
    return hashlib.sha256(f"{source}\0{text}".encode()).hexdigest()[:12]


def dialogue_units(dialogues: Iterable[dict[str, Any]]) -> Iterator[Unit]:
    """Yield every labelled unit of customer–helpdesk dialogues: each customer turn, and all from each one on as lines."""
    for dialogue in dialogues:
        turns = [" ".join(turn["utterances"]) for turn in dialogue["turns"] if turn["sender"] == "customer"]
        complains = sum(satisfaction(dialogue)) < 0
        for text in (*turns, *("\n".join(turns[first:]) for first in range(len(turns)))):
            yield Unit("stc3", text, complains)


def satisfaction(dialogue: dict[str, Any]) -> list[float]:
    """Return the annotators' marks of the customer's satisfaction (−2 to 2), as the collection or a shorter copy has them."""
    if "satisfaction" in dialogue:
        return list(dialogue["satisfaction"])
    return [float(one["quality"]["S"]) for one in dialogue.get("annotations", [])]


def read_text(path: Path) -> str:
    """Read a UTF-8 file (a byte-order mark is fine), unpacking ``.gz``."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data.decode("utf-8-sig")


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines; only a line feed ends one, for U+2028 and its like may stand inside a text."""
    return [json.loads(line) for line in read_text(path).split("\n") if line.strip()]


def write_json_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write one row a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def read_dialogues(path: Path) -> list[dict[str, Any]]:
    """Read dialogues from a JSON list or from JSON lines."""
    text = read_text(path)
    if text.lstrip().startswith("["):
        dialogues: list[dict[str, Any]] = json.loads(text)
        return dialogues
    return read_json_lines(path)


def read_reviews(source: str, path: Path) -> Iterator[Unit]:
    """Yield the ``review`` column of a CSV file of ChineseNlpCorpus; ``label`` is 1 for good ones."""
    for row in csv.DictReader(read_text(path).splitlines(keepends=True)):
        yield Unit(source, row["review"] or "", row.get("label") == "0")


def units(name: str, path: Path) -> Iterator[Unit]:
    """Yield every unit of one copy; ``name`` is its source, or ``reviews`` for JSON lines of several."""
    if name == REVIEWS:
        for row in read_json_lines(path):
            for source in ALIKE.get(row["source"], (row["source"],)):
                yield Unit(source, row["text"], row.get("positive") is False)
    elif name == "stc3":
        yield from dialogue_units(read_dialogues(path))
    else:
        yield from read_reviews(name, path)


def units_by_id(copies: dict[str, Path]) -> dict[str, Unit]:
    """Return id → unit, its text masked, for every unit of the given copies (one of ``COPIES`` → file)."""
    found: dict[str, Unit] = {}
    for name, path in copies.items():
        for unit in units(name, path):
            masked = mask(unit.text)
            found[identifier(unit.source, masked)] = Unit(unit.source, masked, unit.complains)
    return found


def join(labels: list[dict[str, Any]], found: dict[str, Unit]) -> list[dict[str, Any]]:
    """Put the text into every label row that has one, after ``kind``; rows without text are left out."""
    joined = []
    for row in labels:
        if row["id"] in found:
            head = {key: row[key] for key in ("id", "source", "kind")}
            rest = {key: value for key, value in row.items() if key not in head}
            joined.append(head | {"text": found[row["id"]].text} | rest)
    return joined


def main() -> int:
    """Run the script; 0 when every label found its text, 1 when some did not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--complaints", type=Path, metavar="FILE")
    parser.add_argument("--grades", type=Path, metavar="FILE")
    for name in COPIES:
        parser.add_argument(f"--{name}", type=Path, metavar="FILE")
    options = parser.parse_args()
    copies = {name: getattr(options, name) for name in COPIES if getattr(options, name)}
    labels = read_json_lines(options.labels)
    found = units_by_id(copies)
    grades = {row["id"]: {"grades": row["grades"]} for row in read_json_lines(options.grades)} if options.grades else {}
    joined = [row | grades.get(row["id"], {}) for row in join(labels, found)]
    apart = [row for row in joined if options.complaints and row["kind"] != TURN and found[row["id"]].complains]
    if options.complaints:
        write_json_lines(options.complaints, apart)
    kept_apart = {row["id"] for row in apart}
    write_json_lines(options.output, [row for row in joined if row["id"] not in kept_apart])
    missing = len(labels) - len(joined)
    sys.stderr.write(f"{len(joined)} of {len(labels)} labels joined, {missing} without text\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
