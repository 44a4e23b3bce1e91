"""Which parts of a reading are written, under which names, and in what form.

Lines of JSON hold the keys of ``classify --format json``. Tables hold the same, laid flat: nested keys are joined by
dots as ``pandas.json_normalize`` does (``state_probabilities.angry``), lists by semicolons.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, cast, get_args

from temperament.errors import UsageError
from temperament.labels import FEELINGS, HEADS, STATES, TEMPERAMENTS

Field = Literal[
    "text",
    "temperament",
    "state",
    "also",
    "temperament_probabilities",
    "state_probabilities",
    "present_probabilities",
    "confidence",
    "reason",
    "evidence",
    "model",
]
FIELDS: tuple[Field, ...] = get_args(Field)
OF_JSON: tuple[Field, ...] = tuple(one for one in FIELDS if one != "evidence")
OF_TABLE: tuple[Field, ...] = tuple(one for one in OF_JSON if one not in {"text", "present_probabilities", "model"})
_PROBABILITIES: tuple[Field, ...] = ("temperament_probabilities", "state_probabilities")
_GROUPS: dict[str, tuple[Field, ...]] = {"probabilities": _PROBABILITIES, "all": FIELDS}
INNER: dict[str, tuple[str, ...]] = {
    "temperament_probabilities": TEMPERAMENTS,
    "state_probabilities": STATES,
    "present_probabilities": FEELINGS,
    "confidence": HEADS,
}


def parse(asked: str) -> tuple[Field, ...]:
    """Return the fields of a list such as ``state,probabilities``; raises ``UsageError`` with those there are."""
    found: list[Field] = []
    for name in filter(None, (part.strip() for part in asked.replace("，", ",").split(","))):
        if name not in FIELDS and name not in _GROUPS:
            allowed = ", ".join((*FIELDS, *_GROUPS))
            raise UsageError(
                f"--columns 里没有“{name}”。可用的有：{allowed}。",
                f"--columns does not know {name!r}. Choose from: {allowed}.",
            )
        found += _GROUPS.get(name, (cast(Field, name),))
    if not found:
        raise UsageError("--columns 是空的。", "--columns is empty.")
    return tuple(dict.fromkeys(found))


def flat_names(fields: Iterable[Field]) -> list[str]:
    """Return the columns that fields take in a table."""
    return [
        name
        for field in fields
        for name in ([f"{field}.{inner}" for inner in INNER[field]] if field in INNER else [field])
    ]


def renamed(names: Sequence[str], taken: Iterable[str]) -> dict[str, str]:
    """Return a free name for every name: itself, or with the first free number from 2 where it is taken."""
    used = {name.strip().lower() for name in taken}
    free: dict[str, str] = {}
    for name in names:
        number, free[name] = 2, name
        while free[name].lower() in used:
            free[name], number = f"{name}_{number}", number + 1
        used.add(free[name].lower())
    return free


def number_types(fields: Iterable[Field]) -> list[bool]:
    """Tell of every column of a table whether it holds numbers."""
    return ["_probabilities." in name for name in flat_names(fields)]
