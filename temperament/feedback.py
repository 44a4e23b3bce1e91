"""What agents said about readings: accepted, corrected or disputed, one JSON object a line, as examples to learn from.

    {"text": "…", "reading": {"temperament": "…", "state": "…", "also": []}, "verdict": "corrected",
     "labels": {"state": "angry"}, "reason": "…", "agent": "…", "time": "…"}

``reading`` is what the model said (what ``classify --format json`` wrote will do); its labels may also stand at the top.
``labels`` names what is right instead; what it does not name stays as read.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from temperament.datasets import Example, Row, read_rows
from temperament.errors import InputError, TemperamentError, UsageError
from temperament.labels import state_label, temperament_label

Verdict = Literal["accepted", "corrected", "disputed"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
_ALIASES = {"accept": "accepted", "correct": "corrected", "dispute": "disputed"}
_ALIASES |= {"接受": "accepted", "同意": "accepted", "更正": "corrected", "纠正": "corrected", "有争议": "disputed"}
_ALIASES |= {"争议": "disputed", "申诉": "disputed"}


@dataclass(frozen=True, slots=True)
class Feedback:
    """Examples made of accepted and corrected readings, and how many lines had each verdict."""

    examples: list[Example]
    counts: dict[str, int]


def read_feedback(path: Path) -> Feedback:
    """Read a feedback file; disputed readings are counted and not learned from.

    Raises ``InputError`` naming the line that has no text, verdict or known label, or a correction without labels.
    """
    rows = read_rows(path)
    if not rows:
        raise InputError(f"{path} 里没有反馈。", f"{path} holds no feedback.")
    counts: Counter[str] = Counter()
    examples = []
    for number, row in enumerate(rows, 1):
        try:
            verdict = _verdict(row)
            counts[verdict] += 1
            if verdict != "disputed":
                examples.append(_example(row, verdict))
        except TemperamentError as error:
            raise InputError(f"{path} 第 {number} 条：{error.zh}", f"{path} item {number}: {error.en}") from error
    return Feedback(examples, {verdict: counts[verdict] for verdict in VERDICTS})


def _verdict(row: Row) -> str:
    said = str(row.get("verdict") or "").strip().lower()
    verdict = _ALIASES.get(said, said)
    if verdict not in VERDICTS:
        raise UsageError(
            f"verdict 要是 accepted、corrected 或 disputed，不是“{said}”。",
            f"verdict must be accepted, corrected or disputed, not {said!r}.",
        )
    return verdict


def _example(row: Row, verdict: str) -> Example:
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise UsageError("没有 text（客户的话）。", "there is no text (the customer's words).")
    read = _labels(row.get("reading"), row)
    right = _labels(row.get("labels"), {}) if verdict == "corrected" else {}
    if verdict == "corrected" and not right:
        raise UsageError(
            "更正要写明 labels（temperament 或 state）。",
            "a correction must name labels (temperament or state).",
        )
    labels = read | right
    if not {"temperament", "state"} <= set(labels):
        raise UsageError(
            "没有 reading（模型的读数：temperament 和 state）。", "there is no reading with temperament and state."
        )
    state = state_label(str(labels["state"]))
    also = labels.get("also") or ()
    if isinstance(also, str):
        also = [one for one in also.replace("，", ",").split(",") if one.strip()]
    further = tuple(one for one in map(state_label, map(str, also)) if one != state)
    return Example(text, temperament_label(str(labels["temperament"])), state, further, source="feedback")


def _labels(named: object, otherwise: Mapping[str, Any]) -> dict[str, Any]:
    """Return the labels that are named; an empty list of further states is named, an empty label is not."""
    values = named if isinstance(named, Mapping) else otherwise
    found = {head: values[head] for head in ("temperament", "state") if values.get(head)}
    return found | ({"also": values["also"]} if values.get("also") is not None else {})
