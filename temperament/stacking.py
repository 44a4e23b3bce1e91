"""Features made of features: sums over the columns of a matrix that stand beside them while the heads are trained.

As they are sums, the weights that the heads give them are folded into the weights of the features themselves in the end
(stacking, Wolpert 1992): the finished model knows n-grams alone.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from temperament.features import Floats


@dataclass(frozen=True, slots=True)
class Stacked:
    """Further columns: ``weights`` (further × features) and ``intercepts`` make them of the features of a text.

    ``columns`` (texts × further) are those of the training texts, which may have been found with more care.
    """

    weights: Floats
    intercepts: Floats
    columns: Floats

    def of(self, matrix: Any) -> Floats:
        """Return the further columns of any texts (texts × further)."""
        return np.asarray(matrix @ self.weights.T + self.intercepts)

    def beside(self, matrix: Any) -> Any:
        """Return the features of the training texts with the further columns."""
        return sparse.hstack([matrix, sparse.csr_matrix(self.columns)]).tocsr()

    def folded(self, weights: Floats, intercepts: Floats) -> tuple[Floats, Floats]:
        """Return the weights of heads trained on ``beside`` (outputs × columns) as weights of the features alone."""
        features = self.weights.shape[1]
        own, stacked = weights[:, :features], weights[:, features:]
        return own + stacked @ self.weights, intercepts + stacked @ self.intercepts
