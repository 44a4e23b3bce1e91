"""Words whose manner is known become features of the linear model and are folded into its weights."""

import numpy as np
import pytest
from scipy import sparse

from temperament import classifier, lexicon
from temperament.datasets import Example
from temperament.features import LONGEST, ngrams
from temperament.labels import LABELS
from temperament.text import fold

MANY = [
    Example(
        f"第{number}次{'醉了' if number % 2 else '没有'}，{number % 7}天",
        "sanguine" if number % 2 else "unclear",
        "calm",
    )
    for number in range(lexicon.LEAST_TEXTS)
] + [Example(f"第{number}天退款", "unclear", "angry") for number in range(20)]


def test_every_word_is_folded_and_has_its_manners():
    """Words stand as the models see them; each speaks for one or two different known manners."""
    words = lexicon.words()
    assert len(words) > 7000
    for word, manners in words.items():
        assert word == fold(word).text and not set(word) & set(" \t\n")
        assert 1 <= len(manners) <= 2 and len(set(manners)) == len(manners) and set(manners) <= set(lexicon.MANNERS)
    assert {manners[0] for manners in words.values()} == set(lexicon.MANNERS)


@pytest.mark.parametrize(
    ("word", "manner"),
    [
        ("醉了", "play"),
        ("曝光", "threat"),
        ("寒心", "hurt"),
        ("立刻", "order"),
        ("没关系", "yielding"),
        ("急用", "worry"),
    ],
)
def test_some_words_speak_for_what_everybody_would_say(word, manner):
    """A few words that nobody would doubt."""
    assert lexicon.words()[word][0] == manner


def test_pieces_are_ngrams_of_the_word():
    """A short word stands for itself, a long one for its longest n-grams; all are features."""
    assert lexicon.pieces("醉了") == ["醉了"]
    for word in lexicon.words():
        own = lexicon.pieces(word)
        assert set(own) <= set(ngrams(word)) and max(map(len, own)) == min(len(word), LONGEST)


def test_manners_are_sums_of_features():
    """The columns are centred, of the size asked for, and what the weights make of the features."""
    columns = {piece: place for place, piece in enumerate(["醉了", "曝光", "网速"])}
    matrix = sparse.random(lexicon.LEAST_TEXTS, len(columns), 0.5, format="csr", random_state=1)
    found = lexicon.learn(matrix, columns)
    play = found.columns[:, lexicon.MANNERS.index("play")]
    assert play.mean() == pytest.approx(0, abs=1e-9)
    assert play.std() == pytest.approx(lexicon.SIZE, rel=1e-6)
    assert np.corrcoef(play, matrix[:, 0].toarray()[:, 0])[0, 1] > 0.99
    np.testing.assert_allclose(found.of(matrix), found.columns, atol=1e-9)
    assert not found.weights[:, columns["网速"]].any()


def test_few_texts_leave_the_list_aside():
    """Below so many texts neither n-grams nor columns come of the list."""
    few = lexicon.LEAST_TEXTS - 1
    assert lexicon.vocabulary(few) == set()
    assert lexicon.learn(sparse.csr_matrix((few, 1)), {"醉了": 0}) is None


def test_the_model_reads_words_that_training_never_showed():
    """One playful word in training makes another one of the list speak for play; a word outside it stays as it was."""
    model = classifier.train(MANY, "tiny")
    shown = {piece for example in MANY for piece in ngrams(fold(example.text).text)}
    assert "酱紫" not in shown and "桌子" not in shown

    known, other = model.probabilities(["酱紫", "桌子"])["temperament"][:, LABELS["temperament"].index("sanguine")]
    assert known > other + 0.05


@pytest.mark.filterwarnings("error")
def test_the_features_are_fitted_without_a_warning():
    """Capital letters among the n-grams are features like any other."""
    texts = [f"第{number}单ABC{number % 9}" for number in range(lexicon.LEAST_TEXTS)]
    assert "ABC" in classifier.fitted_vectorizer(texts).vocabulary_


def test_folded_weights_score_as_the_stacked_ones():
    """What the heads learn of manners is what the finished model gives, out of n-grams alone."""
    texts = [fold(example.text).text for example in MANY]
    vectorizer = classifier.fitted_vectorizer(list(dict.fromkeys(texts)))
    matrix = vectorizer.transform(texts)
    found = lexicon.learn(matrix, vectorizer.vocabulary_)
    heads = np.random.default_rng(2).normal(size=(2, matrix.shape[1] + len(lexicon.MANNERS)))
    weights, biases = found.folded(heads, np.array([0.5, -0.5]))
    np.testing.assert_allclose(matrix @ weights.T + biases, found.beside(matrix) @ heads.T + [0.5, -0.5], atol=1e-8)
