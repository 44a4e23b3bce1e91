"""Which messages to label next: those the model is unsure of, and that are unlike what is labelled already.

Maximal marginal relevance (Carbonell & Goldstein 1998, "The Use of MMR, Diversity-Based Reranking"): again and again the
message with the highest

    BALANCE · uncertainty(x) − (1 − BALANCE) · max over chosen and labelled y of similarity(x, y)

Uncertainty is 1 minus the margin between the two likeliest labels (Scheffer et al. 2001, "Active Hidden Markov Models"),
the mean of both heads, 0 to 1; a message that could not be read counts 0. Similarity is the cosine of TF-IDF vectors
of characters and pairs of characters, 0 to 1.

It spares labelling the same thing twice and shows what the model finds hard. It is no short cut to a better score: on public
messages 100 and 300 selected labels taught no more than as many drawn by chance (``benchmarks/ADAPTATION.md``).
"""

from collections.abc import Sequence

import numpy as np

from temperament.features import Floats
from temperament.labels import HEADS, Reading
from temperament.text import fold

BALANCE = 0.5


def uncertainty(readings: Sequence[Reading]) -> Floats:
    """Return how unsure each reading is, 0 to 1."""
    found = np.zeros(len(readings))
    for head in HEADS:
        table = [sorted(getattr(one, f"{head}_probabilities").values())[-2:] for one in readings]
        chances = np.array(table, float).reshape(-1, 2)
        found += (1 - (chances[:, 1] - chances[:, 0])) / len(HEADS)
    return np.where([one.reason is None for one in readings], found, 0.0)


def select(
    readings: Sequence[Reading], count: int, labelled: Sequence[str] = (), balance: float = BALANCE
) -> list[int]:
    """Return the places of the ``count`` readings whose messages are most useful to label, the most useful first.

    ``labelled`` are texts that have labels already. ``balance`` 1 looks at uncertainty alone, 0 at diversity alone.
    Fewer than ``count`` readings are all returned.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not readings:
        return []
    texts = [fold(text).text for text in (*(one.text for one in readings), *labelled)]
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True, lowercase=False)
    matrix = vectorizer.fit_transform(texts)
    pool, known = matrix[: len(readings)], matrix[len(readings) :]
    worth = balance * uncertainty(readings)
    nearest = np.zeros(len(readings))
    for row in range(known.shape[0]):
        nearest = np.maximum(nearest, np.asarray((pool @ known[row].T).todense()).ravel())
    chosen: list[int] = []
    for _ in range(min(count, len(readings))):
        best = int(np.argmax(worth - (1 - balance) * nearest))
        chosen.append(best)
        nearest = np.maximum(nearest, np.asarray((pool @ pool[best].T).todense()).ravel())
        worth[best] = -np.inf
    return chosen
