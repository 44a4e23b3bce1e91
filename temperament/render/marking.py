"""Text with pieces of it marked, for HTML: spans may overlap, and nothing in the text can become markup."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

SHOWN = 600
"""How much of a long text is shown before it is folded."""
LONG = 2 * SHOWN


@dataclass(frozen=True, slots=True)
class Span:
    """A piece to mark, from ``start`` to ``end`` in code points.

    ``css`` names its classes, ``hint`` is shown when the pointer rests on it, ``sign`` stands after it (the number of
    a finding).
    """

    start: int
    end: int
    css: str
    hint: str = ""
    sign: str = ""


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """Return a text with its spans marked."""
    return _between(text, list(spans), 0, len(text))


def folded(text: str, spans: Iterable[Span], more: str) -> Markup:
    """Return a marked text, its end folded away when it is long; ``more`` says how many characters and marks follow.

    ``more`` is a pattern for ``str.format`` with two numbers.
    """
    held = list(spans)
    if len(text) <= LONG:
        return _between(text, held, 0, len(text))
    hidden = sum(one.end > SHOWN for one in held)
    head = _between(text, held, 0, SHOWN)
    rest = _between(text, held, SHOWN, len(text))
    summary = more.format(f"{len(text) - SHOWN:,}", hidden)
    return Markup("{}<details><summary>… {}</summary>{}</details>").format(head, summary, rest)


def _between(text: str, spans: Sequence[Span], start: int, end: int) -> Markup:
    """Return the part of a text between two places, cut wherever a span begins or ends."""
    inside = [one for one in spans if max(one.start, start) < min(one.end, end)]
    cuts = sorted({start, end, *(max(one.start, start) for one in inside), *(min(one.end, end) for one in inside)})
    parts = [
        _piece(text[left:right], [one for one in inside if one.start <= left and right <= one.end], right)
        for left, right in zip(cuts, cuts[1:], strict=False)
    ]
    return Markup("").join(parts)


def _piece(words: str, spans: Sequence[Span], end: int) -> Markup:
    if not spans:
        return escape(words)
    css = " ".join(dict.fromkeys(one.css for one in spans))
    hint = "；".join(dict.fromkeys(one.hint for one in spans if one.hint))
    piece = Markup('<mark class="{}" title="{}">{}</mark>').format(css, hint, words)
    signs = [one.sign for one in spans if one.sign and one.end == end]
    return piece + Markup("").join(Markup("<sup>{}</sup>").format(sign) for sign in signs)
