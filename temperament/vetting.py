"""What labelled messages must not be before somebody trains on them: in the test files, or twice with different labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from temperament.datasets import Example
from temperament.errors import TrainingError
from temperament.text import fold

Duplicates = Literal["refuse", "drop", "keep"]
Leaks = Literal["refuse", "drop"]
Part = tuple[Path, Sequence[Example]]
_LISTED = 10
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Rules:
    """What to do with what cannot be trained on as it is.

    ``duplicates``, the same text more than once: ``refuse`` when the labels differ, ``drop`` such messages altogether,
    or ``keep`` every one as a vote of its own. Unless they are kept, copies with the same labels count once.
    ``leaks``, the same text in a test file: ``refuse``, or ``drop`` it from training.
    """

    duplicates: Duplicates = "refuse"
    leaks: Leaks = "refuse"


@dataclass(frozen=True, slots=True)
class Vetted:
    """The parts without what was left out, and how much that was: test messages, contradictions, copies."""

    parts: list[tuple[Path, list[Example]]]
    leaked: int
    contradicting: int
    copies: int


@dataclass(frozen=True, slots=True)
class _Place:
    path: Path
    row: int
    example: Example

    def __str__(self) -> str:
        """Name the file and the row, and quote the beginning of the text."""
        text = self.example.text.replace("\n", " ")
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
        return f"{self.path.name}:{self.row} {shown} [{self.example.temperament}/{self.example.state}]"


def key(text: str) -> str:
    """Return what two texts share that differ in writing only: width, script, control characters."""
    return fold(text).text


def vet(parts: Sequence[Part], tests: Sequence[Part], rules: Rules) -> Vetted:
    """Return what can be trained on; raises ``TrainingError`` that lists what the rules refuse, ten places at most.

    Rows are counted from 1, without the header of a table.
    """
    places = [
        [_Place(path, number, example) for number, example in enumerate(part, 1)] for path, part in (*parts, *tests)
    ]
    trained, asked = places[: len(parts)], {key(one.example.text): one for part in places[len(parts) :] for one in part}
    by_text: dict[str, list[_Place]] = {}
    for part in trained:
        for one in part:
            by_text.setdefault(key(one.example.text), []).append(one)
    leaks = [text for text in by_text if text in asked]
    if leaks and rules.leaks == "refuse":
        raise _leaking([(by_text[text][0], asked[text]) for text in leaks])
    mixed = {text for text, given in by_text.items() if text not in asked and len(set(map(_labels, given))) > 1}
    if mixed and rules.duplicates == "refuse":
        raise _contradicting([by_text[text] for text in by_text if text in mixed])
    gone = set(leaks) | (set() if rules.duplicates == "keep" else mixed)
    kept, copies = _without(trained, gone, once=rules.duplicates != "keep")
    return Vetted(
        parts=list(zip((path for path, _ in parts), kept, strict=True)),
        leaked=sum(len(by_text[text]) for text in leaks),
        contradicting=sum(len(by_text[text]) for text in gone - set(leaks)),
        copies=copies,
    )


def _without(places: Sequence[Sequence[_Place]], gone: set[str], *, once: bool) -> tuple[list[list[Example]], int]:
    """Return the examples that stay, part by part, and how many copies were left out."""
    seen: set[str] = set()
    copies = 0
    kept: list[list[Example]] = []
    for part in places:
        kept.append([])
        for one in part:
            text = key(one.example.text)
            if text in gone:
                continue
            if once and text in seen:
                copies += 1
                continue
            seen.add(text)
            kept[-1].append(one.example)
    return kept, copies


def _labels(one: _Place) -> tuple[str, str]:
    return one.example.temperament, one.example.state


def _leaking(pairs: Sequence[tuple[_Place, _Place]]) -> TrainingError:
    lines = [f"{one}  =  {other.path.name}:{other.row}" for one, other in pairs]
    return TrainingError(
        f"{len(pairs)} 条训练消息也在测试文件里，这样打的分不作数：\n{_listed(lines, 'zh')}\n"
        "请从训练文件里去掉，或加 --leaks drop 由程序剔除。",
        f"{len(pairs)} training messages also stand in a test file, so its scores would mean nothing:\n"
        f"{_listed(lines, 'en')}\nTake them out of the training files, or let --leaks drop do it.",
    )


def _contradicting(groups: Sequence[Sequence[_Place]]) -> TrainingError:
    lines = [str(one) for group in groups for one in group]
    return TrainingError(
        f"{len(groups)} 条消息出现不止一次，标签却不同：\n{_listed(lines, 'zh')}\n"
        "请定下一种；多人标注先用 temperament label … --export 取多数意见；或加 --duplicates drop 全部不用，keep 各算一票。",
        f"{len(groups)} messages stand there more than once, with different labels:\n{_listed(lines, 'en')}\n"
        "Settle them; export the majority of several annotators with temperament label … --export; or leave all of them "
        "out with --duplicates drop, or count each as a vote with --duplicates keep.",
    )


def _listed(lines: Sequence[str], language: str) -> str:
    more = len(lines) - _LISTED
    rest = [f"  … 另有 {more} 处" if language == "zh" else f"  … and {more} more"] if more > 0 else []
    return "\n".join([*(f"  {line}" for line in lines[:_LISTED]), *rest])
