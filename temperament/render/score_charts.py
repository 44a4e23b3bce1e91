"""The charts of an evaluation: confusion, calibration, coverage."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from temperament.language import Language
from temperament.render.charts import Axis, Line, heat_table, line_chart
from temperament.render.score_words import label_name, say

if TYPE_CHECKING:
    from temperament.evaluate import HeadReport

Lines = Sequence[tuple[str, "HeadReport"]]
"""Models and their scores of one head."""


def matrix_chart(head: "HeadReport", language: Language) -> Markup:
    """Return the confusion matrix as a shaded table."""
    names = [label_name(label, language) for label in head.labels]
    return heat_table(
        names, names, head.confusion, caption=say("confusion", language), corner=say("gold_read", language)
    )


def reliability_chart(heads: Lines, language: Language) -> Markup:
    """Return how often readings were right by how sure they were, one line a model."""
    lines = [
        Line(f"{model} · ECE {head.calibration_error:.3f}", [(one.chance, one.accuracy) for one in head.reliability])
        for model, head in heads
    ]
    return line_chart(
        lines,
        Axis(say("chance", language), 0, 1, percent=True),
        Axis(say("right", language), 0, 1, percent=True),
        title=say("ideal", language),
        ideal=[(0, 0), (1, 1)],
    )


def coverage_chart(heads: Lines, language: Language) -> Markup:
    """Return the accuracy by the share of messages read, the surest first, one line a model."""
    return line_chart(
        [Line(model, list(reversed(head.coverage))) for model, head in heads],
        Axis(say("share", language), 0, 1, percent=True),
        Axis(say("accuracy", language), 0, 1, percent=True),
        title=say("coverage", language),
    )
