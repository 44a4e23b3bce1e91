"""Arrays of readings → what is written beside each row: cells of a table, or the inside of a JSON object.

A column at a time; a row at a time would take longer than the reading itself.
"""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from temperament.batch.columns import INNER, Field
from temperament.features import Floats
from temperament.guards import REASONS
from temperament.labels import FEELINGS, HEADS, Reading
from temperament.tables import BANDS, Tables

_DIGITS = 4
_JSON_DIGITS = 8
Column = Iterable[Any]


@lru_cache(maxsize=1)
def _decimals() -> np.ndarray[Any, Any]:
    """Return the text of every number of four decimals from 0 to 1."""
    return np.array([f"{number / 10**_DIGITS:.{_DIGITS}f}" for number in range(10**_DIGITS + 1)], object)


def cells(
    tables: Tables, texts: Sequence[str], fields: Sequence[Field], readings: Sequence[Reading], *, as_text: bool
) -> list[list[Any]]:
    """Return the cells of every row: labels, probabilities (4 decimals), and ``None`` where there is nothing.

    ``as_text`` gives probabilities as text, which is faster to write. ``readings`` hold the evidence where it is asked
    for, and are empty else.
    """
    columns: list[Column] = []
    for field in fields:
        if field.endswith("_probabilities"):
            table: Floats = getattr(tables, field)
            if as_text:
                columns += _decimals()[np.rint(table.T * 10**_DIGITS).astype(np.int64)].tolist()
            else:
                columns += table.T.round(_DIGITS).tolist()
        elif field == "confidence":
            columns += [_bands(tables, head) for head in HEADS]
        elif field == "evidence":
            columns.append(_evidence(readings, empty=None))
        elif field == "also":
            columns.append([";".join(named) or None for named in _also(tables)])
        else:
            columns.append(_plain(tables, texts, field))
    return list(map(list, zip(*columns, strict=True)))


def objects(tables: Tables, texts: Sequence[str], names: dict[Field, str], readings: Sequence[Reading]) -> list[str]:
    """Return the inside of a JSON object for every row, under the given names: ``classify --format json`` in its order."""
    parts: list[str] = []
    columns: list[Column] = []
    for field, name in names.items():
        parts.append(json.dumps(name, ensure_ascii=False).replace("%", "%%") + ": " + _template(field))
        columns += _json_columns(tables, texts, field, readings)
    return list(map(", ".join(parts).__mod__, zip(*columns, strict=True)))


def _template(field: Field) -> str:
    if field not in INNER:
        return "%s"
    slot = '"%s"' if field == "confidence" else "%r"
    return "{" + ", ".join(f'"{one}": {slot}' for one in INNER[field]) + "}"


def _json_columns(tables: Tables, texts: Sequence[str], field: Field, readings: Sequence[Reading]) -> list[Column]:
    """Return what fills the slots of a field's template."""
    if field.endswith("_probabilities"):
        return list(getattr(tables, field).T.round(_JSON_DIGITS).tolist())
    if field == "confidence":
        return [_bands(tables, head) for head in HEADS]
    if field == "evidence":
        return [_evidence(readings, empty="[]")]
    if field == "also":
        return [[json.dumps(named) if named else "[]" for named in _also(tables)]]
    return [map(_json, _plain(tables, texts, field))]


def _plain(tables: Tables, texts: Sequence[str], field: Field) -> list[str | None]:
    """Return the column of a field that is one word a row."""
    if field == "temperament" or field == "state":
        return list(tables.labels(field))
    if field == "reason":
        return [REASONS[place] for place in tables.reasons.tolist()]
    return [tables.model] * len(tables) if field == "model" else list(texts)


def _json(value: str | None) -> str:
    from temperament.render.jsonl import json_text

    return json_text(value)


def _bands(tables: Tables, head: str) -> list[str]:
    return [BANDS[place] for place in getattr(tables, f"{head}_confidence").tolist()]


def _also(tables: Tables) -> list[tuple[str, ...]]:
    """Return the further states of every row, the likeliest first."""
    named: list[tuple[str, ...]] = [()] * len(tables)
    for row in np.flatnonzero(tables.also.any(axis=1)).tolist():
        places = np.flatnonzero(tables.also[row])
        order = np.argsort(-tables.present_probabilities[row, places], kind="stable")
        named[row] = tuple(FEELINGS[place] for place in places[order].tolist())
    return named


def _evidence(readings: Sequence[Reading], empty: str | None) -> list[str | None]:
    from temperament.render.jsonl import evidence_json, json_text

    return [json_text(evidence_json(one.evidence)) if one.evidence else empty for one in readings]
