"""Graded readings: how strongly a message shows each of thirteen things, beside the labels that lead.

A label is one choice among five; that a text led by a reproach also gives a hard order does not show in it, and rare
labels have few examples. Grades say it of every message. The encoder learns them beside the labels (Caruana 1997,
"Multitask Learning"); no reading is made of them.
"""

GREATEST: dict[str, int] = {
    "commands": 4,
    "performs": 4,
    "yields": 4,
    "judges": 4,
    "anger": 4,
    "loss": 4,
    "worry": 4,
    "hostility": 4,
    "faults": 4,
    "standard": 2,
    "wound": 2,
    "orders": 2,
    "heat": 4,
}
"""The greatest grade of each scale, in the order of the digits; ``data/README.md`` says what they mean."""


def shares(digits: str) -> tuple[float, ...]:
    """Return the grades of a message, written as one digit a scale, as shares of the greatest; ``()`` for no digits.

    Raises ``ValueError`` for anything else than one digit a scale, none above the greatest.
    """
    if not digits:
        return ()
    if not (digits.isascii() and digits.isdigit() and len(digits) == len(GREATEST)):
        raise ValueError(f"{digits!r} is not {len(GREATEST)} digits")
    found = tuple(int(digit) / greatest for digit, greatest in zip(digits, GREATEST.values(), strict=True))
    if max(found) > 1:
        raise ValueError(f"{digits!r} has a grade above the greatest of its scale")
    return found
