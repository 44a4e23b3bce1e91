"""Grades as features of the linear model: a ridge regression reads them from the surface of a text.

Far more messages have a trace of a rare manner than are led by it, so what tells it is learned better from grades
(``temperament.grades``) than from labels alone. The heads are trained on the features of a text and on the grades read
from them; ``columns`` of what is learned holds the grades that were read by a regression which had not seen the text's family.
"""

from collections.abc import Sequence
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold

from temperament.stacking import Stacked

FOLDS = 5
LEAST_GRADED = 200
"""With fewer graded families of texts, grades are left aside."""
SIZE = 0.3
"""Standard deviation of a grade as a feature: the larger, the less the heads' penalty holds its weight down."""
_PENALTY = 1.5
_STEPS = 60


def learn(matrix: Any, grades: Sequence[tuple[float, ...]], families: Sequence[str]) -> Stacked | None:
    """Learn to read grades from the features of texts; ``()`` stands for a text without. ``None`` when too few have any."""
    named = np.array(families)
    graded = np.flatnonzero([bool(one) for one in grades])
    if len(set(named[graded].tolist())) < LEAST_GRADED:
        return None
    targets = np.array([one for one in grades if one])
    folds = list(GroupKFold(FOLDS).split(graded, groups=named[graded]))
    tasks = [np.arange(len(graded)), *(kept for kept, _ in folds)]
    whole, *parts = joblib.Parallel(-1)(
        joblib.delayed(_regression)(matrix[graded[kept]], targets[kept]) for kept in tasks
    )
    columns = np.array(whole.predict(matrix))
    for (_, held), part in zip(folds, parts, strict=True):
        kin = np.isin(named, named[graded[held]])
        columns[kin] = part.predict(matrix[kin])
    middle, spread = columns[graded].mean(axis=0), columns[graded].std(axis=0) + 1e-9
    return Stacked(
        weights=SIZE * whole.coef_ / spread[:, None],
        intercepts=SIZE * (whole.intercept_ - middle) / spread,
        columns=SIZE * (columns - middle) / spread,
    )


def _regression(matrix: Any, targets: NDArray[np.float64]) -> Ridge:
    return Ridge(alpha=_PENALTY, solver="lsqr", max_iter=_STEPS).fit(matrix, targets)
