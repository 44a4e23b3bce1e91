"""Labels as tables for training, scoring and agreement."""

import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from temperament.datasets import cell_text
from temperament.errors import InputError, UsageError
from temperament.labelling.store import Label
from temperament.labels import HEADS, STATES, Head

Shape = Literal["majority", "votes", "all"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
_FORMATS = (".jsonl", ".csv", ".xlsx")
_VOTES: dict[Head, str] = {"temperament": "votes_t", "state": "votes_s"}


def rows_of(labels: Sequence[Label], shape: Shape) -> tuple[list[dict[str, Any]], int]:
    """Return the rows of a table, and how many messages were left out for want of a majority.

    ``majority``: one row a message, for ``train`` and ``evaluate``; a message whose labels have no majority (more than
    half of the annotators, in both heads) is left out. ``votes``: one row a message with everybody's labels in
    ``votes_t`` and ``votes_s``, those of ``annotators`` in their order; without a majority the label is empty. ``all``: one
    row a decision. ``agreement`` reads the file of labels itself, where every line names its annotator.
    """
    if shape == "all":
        return [_decision(label) for label in labels], 0
    by_message: dict[str, list[Label]] = {}
    for label in labels:
        by_message.setdefault(label.id, []).append(label)
    rows = [_message(given) for given in by_message.values()]
    if shape == "votes":
        return rows, 0
    agreed = [row for row in rows if all(row[head] for head in HEADS)]
    return agreed, len(rows) - len(agreed)


def export(labels: Sequence[Label], path: Path, shape: Shape) -> tuple[int, int]:
    """Write labels as JSONL, CSV or XLSX by the suffix of ``path``; return how many rows, and messages left out.

    Raises ``UsageError`` for another suffix and ``InputError`` where the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        raise UsageError(
            f"导出写成 {'、'.join(_FORMATS)}，不是“{path.name}”。",
            f"Export writes {', '.join(_FORMATS)}, not {path.name!r}.",
        )
    rows, left_out = rows_of(labels, shape)
    data = _json_lines(rows) if suffix == ".jsonl" else _table(rows, suffix)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(
            f"{path} 写不了（{error.strerror}）。请换一个位置，或先关掉打开着它的程序。",
            f"{path} cannot be written ({error.strerror}). Choose another place, or close what holds it open.",
        ) from error
    return len(rows), left_out


def _decision(label: Label) -> dict[str, Any]:
    read: Mapping[str, Any] = label.suggestion or {}
    return {
        "id": label.id,
        "text": label.text,
        "temperament": label.temperament,
        "state": label.state,
        "also": list(label.also),
        "note": label.note,
        "annotator": label.annotator,
        "time": label.time,
        "model_temperament": read.get("temperament", ""),
        "model_state": read.get("state", ""),
        "seen": label.seen,
    }


def _message(given: Sequence[Label]) -> dict[str, Any]:
    """Return the row of one message: what most say, and what everybody says."""
    most: dict[str, str] = {head: _majority([getattr(label, head) for label in given]) for head in HEADS}
    named = Counter(state for label in given for state in label.also)
    also = [state for state in STATES if 2 * named[state] > len(given) and state != most["state"]]
    votes = {column: [getattr(label, head) for label in given] for head, column in _VOTES.items()}
    return {
        "id": given[0].id,
        "text": given[0].text,
        **most,
        "also": also,
        **votes,
        "annotators": [label.annotator for label in given],
        "note": "；".join(label.note for label in given if label.note),
    }


def _majority(votes: Sequence[str]) -> str:
    label, count = Counter(votes).most_common(1)[0]
    return label if 2 * count > len(votes) else ""


def _json_lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return text.encode("utf-8", "backslashreplace")


def _table(rows: Sequence[Mapping[str, Any]], suffix: str) -> bytes:
    import pandas

    flat = [{key: ",".join(value) if isinstance(value, list) else value for key, value in row.items()} for row in rows]
    table = pandas.DataFrame(flat)
    if suffix == ".csv":
        return bytes(table.to_csv(index=False).encode("utf-8-sig", "backslashreplace"))
    table = table.map(lambda value: cell_text(value) if isinstance(value, str) else value)
    data = io.BytesIO()
    with pandas.ExcelWriter(data, engine="openpyxl") as writer:
        table.to_excel(writer, index=False, sheet_name="labels")
        for row in writer.sheets["labels"].iter_rows():
            for cell in row:
                # a message that begins with = is no formula
                cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    return data.getvalue()
