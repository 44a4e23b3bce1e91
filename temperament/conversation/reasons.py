"""Why a conversation has its priority, in words."""

from collections.abc import Iterator, Sequence

from temperament.conversation.results import Promise, Signal, TurningPoint
from temperament.labels import NAMES, StateLabel
from temperament.language import Language


def reasons(
    state: StateLabel,
    signals: Sequence[Signal],
    promises: Sequence[Promise],
    points: Sequence[TurningPoint],
    language: Language,
) -> tuple[str, ...]:
    """Return the reasons, the gravest first; the leading state comes last."""
    return tuple(_reasons(state, signals, promises, points, zh=language == "zh"))


def _reasons(
    state: StateLabel,
    signals: Sequence[Signal],
    promises: Sequence[Promise],
    points: Sequence[TurningPoint],
    *,
    zh: bool,
) -> Iterator[str]:
    for signal in signals:
        yield f"{signal.name}（第 {signal.turn} 句）" if zh else f"{signal.name} (turn {signal.turn})"
    for one in promises:
        if one.kept is False:
            words = f"“{one.text}”"
            yield f"答应的没做到：{words}（第 {one.turn} 句）" if zh else f"Promise not kept: {words} (turn {one.turn})"
    if points and points[-1].direction == "worse":
        last = points[-1]
        name = NAMES[last.after].show("zh" if zh else "en")
        yield f"第 {last.turn} 句转为{name}" if zh else f"Turns {name} in turn {last.turn}"
    name = NAMES[state].show("zh" if zh else "en")
    yield f"整段以{name}为主" if zh else f"On the whole {name}"
