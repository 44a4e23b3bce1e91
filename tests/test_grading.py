"""Grades become features of the linear model and are folded into its weights."""

import numpy as np
import pytest
from scipy import sparse

from temperament import classifier, grading
from temperament.datasets import Example
from temperament.text import fold

FAMILIES = 250
GRADED = [
    Example(
        f"第{number}单{'马上退款！' * (number % 3)}谢谢",
        "choleric" if number % 3 else "unclear",
        "angry" if number % 2 else "calm",
        grades=(number % 3 / 2,) + (0.0,) * 12,
    )
    for number in range(FAMILIES)
]


def features(seed=3, texts=FAMILIES, count=40):
    """Return random sparse features."""
    return sparse.random(texts, count, 0.3, format="csr", random_state=seed)


def learned(texts=FAMILIES):
    """Return features whose first column is the first grade, the grades, and what was learned of them."""
    matrix = features(texts=texts)
    grades = [(float(one), *[0.0] * 12) for one in matrix[:, 0].toarray()[:, 0]]
    return matrix, grades, grading.learn(matrix, grades, [f"{place}" for place in range(texts)])


def test_grades_are_read_from_the_features():
    """A grade that follows a feature is read from it, centred and of the size that is asked for."""
    matrix, grades, found = learned()
    column = found.columns[:, 0]
    assert np.corrcoef(column, [one[0] for one in grades])[0, 1] > 0.9
    assert column.mean() == pytest.approx(0, abs=1e-9)
    assert column.std() == pytest.approx(grading.SIZE, rel=1e-6)
    unseen = features(seed=4)
    read = unseen @ found.weights.T + found.intercepts
    assert np.corrcoef(read[:, 0], unseen[:, 0].toarray()[:, 0])[0, 1] > 0.9


def test_no_text_is_read_by_a_regression_that_saw_its_family():
    """Grades of pure chance, one a family, cannot be read out of the family's own name."""
    generator = np.random.default_rng(5)
    families = [f"{place // 2}" for place in range(2 * FAMILIES)]
    matrix = sparse.csr_matrix(np.repeat(np.eye(FAMILIES), 2, axis=0))
    grades = [(float(one), *[0.0] * 12) for one in np.repeat(generator.random(FAMILIES), 2)]
    found = grading.learn(matrix, grades, families)
    assert abs(np.corrcoef(found.columns[:, 0], [one[0] for one in grades])[0, 1]) < 0.5
    seen = matrix @ found.weights.T + found.intercepts
    assert np.corrcoef(seen[:, 0], [one[0] for one in grades])[0, 1] > 0.99


def test_texts_without_grades_are_read_too():
    """A text of no graded family is read by the regression on all; one of a graded family is not."""
    matrix, grades, _ = learned()
    grades[7] = ()
    families = [f"{place}" for place in range(FAMILIES)]
    found = grading.learn(matrix, grades, families)
    whole = matrix @ found.weights.T + found.intercepts
    np.testing.assert_allclose(found.columns[7], whole[7], atol=1e-9)
    families[7] = families[8]
    found = grading.learn(matrix, grades, families)
    whole = matrix @ found.weights.T + found.intercepts
    assert abs(found.columns[7, 0] - whole[7, 0]) > 1e-4


def test_few_grades_are_left_aside():
    """Below so many graded families nothing is learned; copies of a family count once."""
    assert learned(grading.LEAST_GRADED - 1)[2] is None
    assert learned(grading.LEAST_GRADED)[2] is not None
    matrix, grades, _ = learned()
    assert grading.learn(matrix, grades, ["one"] * FAMILIES) is None
    assert grading.learn(matrix, [()] * FAMILIES, [f"{place}" for place in range(FAMILIES)]) is None


def test_folded_weights_score_alike():
    """Weights on features and grades give the scores of the folded ones on features alone."""
    matrix, _, found = learned()
    weights, intercepts = np.random.default_rng(1).normal(size=(5, 53)), np.arange(5.0)
    unseen = features(seed=9)
    read = unseen @ found.weights.T + found.intercepts
    wide = np.hstack([unseen.toarray(), read]) @ weights.T + intercepts
    folded, own = found.folded(weights, intercepts)
    np.testing.assert_allclose(unseen @ folded.T + own, wide, atol=1e-9)
    assert found.beside(matrix).shape == (FAMILIES, 53)


def test_a_model_of_graded_messages_is_the_stack(monkeypatch):
    """The plain arrays score a text as grades read from it and heads on both would."""
    kept = []
    learn = grading.learn
    monkeypatch.setattr(grading, "learn", lambda *given: kept.append(learn(*given)) or kept[-1])
    fits = []
    fit = classifier._fit
    monkeypatch.setattr(classifier, "_fit", lambda *given: fits.append(fit(*given)) or fits[-1])
    model = classifier.train(GRADED, "graded")
    texts = [fold(text).text for text in ("马上退款！马上退款！", "谢谢", "第3单！谢谢你们")]
    vectorizer = classifier.make_vectorizer().fit(list(dict.fromkeys(fold(one.text).text for one in GRADED)))
    matrix = vectorizer.transform(texts)
    read = matrix @ kept[0].weights.T + kept[0].intercepts
    wide = np.hstack([matrix.toarray(), read])
    first = fits[0].regression
    expected = first.decision_function(wide)
    found = model.outputs(texts)[:, :2]
    np.testing.assert_allclose(found, np.column_stack([-expected, expected]) / 2, rtol=0, atol=1e-4)
    assert model.training["graded"] == FAMILIES
