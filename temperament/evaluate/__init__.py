"""Compare readings with gold labels, two models with each other, and annotators among themselves.

Nothing here predicts: it takes labels and readings, and returns reports.
"""

from temperament.evaluate.bootstrap import Estimate, estimate, macro_f1s
from temperament.evaluate.comparing import compare, mcnemar
from temperament.evaluate.gold import Gold, read_gold
from temperament.evaluate.metrics import (
    Bin,
    calibration_error,
    calibration_noise,
    cohen_kappa,
    coverage,
    macro_f1,
    reliability,
)
from temperament.evaluate.results import (
    AlsoReport,
    BandScore,
    ClassScore,
    Comparison,
    Difference,
    Evaluation,
    ExtraLabel,
    GroupScore,
    HeadReport,
    Humans,
    LeftOut,
    Miss,
    Report,
)
from temperament.evaluate.scoring import between, evaluate

__all__ = [
    "AlsoReport",
    "BandScore",
    "Bin",
    "ClassScore",
    "Comparison",
    "Difference",
    "Estimate",
    "Evaluation",
    "ExtraLabel",
    "Gold",
    "GroupScore",
    "HeadReport",
    "Humans",
    "LeftOut",
    "Miss",
    "Report",
    "between",
    "calibration_error",
    "calibration_noise",
    "cohen_kappa",
    "compare",
    "coverage",
    "estimate",
    "evaluate",
    "macro_f1",
    "macro_f1s",
    "mcnemar",
    "read_gold",
    "reliability",
]
