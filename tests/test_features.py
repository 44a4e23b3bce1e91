"""numpy finds the same n-grams and weights as scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from temperament.features import END, START, Vocabulary, batches, ngrams

TEXTS = [
    "说好三天到,现在第九天了!",
    "",
    "哈哈哈哈哈哈",
    "𠮷野家的牛肉饭👍👍",
    "好",
    "退款退款退款!退款",
    "第一,面料;第二,做工\n第三,尺码",
]
UNSEEN = ["", "全新文字から", "说好𠮷", "zzz", "退\ud800款", "\x02好\x03"]


@pytest.fixture(scope="module")
def vectorizer():
    """scikit-learn's own weighting over our n-grams."""
    return TfidfVectorizer(analyzer=ngrams, sublinear_tf=True).fit(TEXTS)


def dense(vocabulary, idf, texts):
    """Return the matrix of the texts as a plain array."""
    matrix = vocabulary.matrix(vocabulary.find(texts), idf, len(texts))
    table = np.zeros((matrix.height, len(vocabulary.keys)))
    table[matrix.rows, matrix.columns] = matrix.values
    return table


def test_ngrams_of_a_short_text():
    """All runs of one to three characters, the two ends marked."""
    grams = ngrams("退款")
    assert grams == [START, "退", "款", END, f"{START}退", "退款", f"款{END}", f"{START}退款", f"退款{END}"]


def test_ngrams_of_the_empty_text():
    """The empty text still has its two ends."""
    assert ngrams("") == [START, END, START + END]


@pytest.mark.parametrize("texts", [TEXTS, UNSEEN, TEXTS + UNSEEN, ["好"] * 3, []])
def test_matrix_equals_scikit_learn(vectorizer, texts):
    """Known and unknown characters, empty and astral texts: the weights are those of TfidfVectorizer."""
    vocabulary, order = Vocabulary.of(list(vectorizer.get_feature_names_out()))
    found = dense(vocabulary, vectorizer.idf_[order], texts)
    expected = vectorizer.transform(texts).toarray()[:, order] if texts else np.zeros((0, len(order)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@given(st.lists(st.text(st.sampled_from("退款好天𠮷a1\n!?，の👍"), max_size=12), max_size=6))
def test_matrix_equals_scikit_learn_on_any_texts(texts):
    """The same for arbitrary small texts."""
    vectorizer = TfidfVectorizer(analyzer=ngrams, sublinear_tf=True).fit(TEXTS)
    vocabulary, order = Vocabulary.of(list(vectorizer.get_feature_names_out()))
    expected = vectorizer.transform([*texts, ""]).toarray()[:, order]
    np.testing.assert_allclose(dense(vocabulary, vectorizer.idf_[order], [*texts, ""]), expected, rtol=0, atol=1e-12)


def test_rows_do_not_depend_on_their_batch(vectorizer):
    """A text alone gets exactly the row it gets among others."""
    vocabulary, order = Vocabulary.of(list(vectorizer.get_feature_names_out()))
    together = dense(vocabulary, vectorizer.idf_[order], TEXTS)
    alone = np.vstack([dense(vocabulary, vectorizer.idf_[order], [text]) for text in TEXTS])
    np.testing.assert_array_equal(together, alone)


def test_find_says_where_every_ngram_stands():
    """Starts count folded characters from 0; the start mark stands at -1, and no n-gram crosses two documents."""
    vocabulary, _ = Vocabulary.of(["退", "退款", f"{START}退", f"款{END}", "款退"])
    found = vocabulary.find(["退款", "退"])
    places = set(zip(found.documents.tolist(), found.starts.tolist(), found.lengths.tolist(), strict=True))
    assert places == {(0, 0, 1), (1, 0, 1), (0, 0, 2), (0, -1, 2), (1, -1, 2), (0, 1, 2)}


def test_unknown_characters_break_ngrams():
    """An unknown character is no gap: 退x款 does not hold 退款."""
    vocabulary, _ = Vocabulary.of(["退", "款", "退款"])
    assert vocabulary.find(["退x款"]).lengths.tolist() == [1, 1]


def test_no_known_ngram_gives_an_empty_row():
    """A text in which nothing is known has a row of zeros, without warnings."""
    vocabulary, _ = Vocabulary.of(["退"])
    assert dense(vocabulary, np.ones(1), ["zzz", "退"]).tolist() == [[0.0], [1.0]]


def test_times_equals_the_dense_product(vectorizer):
    """The sparse product is the dense one."""
    vocabulary, order = Vocabulary.of(list(vectorizer.get_feature_names_out()))
    idf = vectorizer.idf_[order]
    weights = np.random.default_rng(7).normal(size=(len(order), 3))
    product = vocabulary.matrix(vocabulary.find(TEXTS), idf, len(TEXTS)).times(weights)
    np.testing.assert_allclose(product, dense(vocabulary, idf, TEXTS) @ weights, rtol=0, atol=1e-12)


def test_vocabulary_is_sorted_whatever_the_order_of_terms():
    """The returned order sorts the terms into the columns."""
    terms = ["款", "退款", "退", f"{START}退"]
    vocabulary, order = Vocabulary.of(terms)
    again, _ = Vocabulary.of([terms[index] for index in order])
    np.testing.assert_array_equal(vocabulary.keys, again.keys)
    assert vocabulary.is_sound()


@pytest.mark.parametrize("field", ["alphabet", "keys"])
def test_unsorted_arrays_are_unsound(field):
    """Arrays that do not ascend would make every search wrong."""
    vocabulary, _ = Vocabulary.of(["退", "款", "退款"])
    arrays = {"alphabet": vocabulary.alphabet, "keys": vocabulary.keys}
    assert not Vocabulary(**arrays | {field: arrays[field][::-1]}).is_sound()
    assert not Vocabulary(**arrays | {field: np.repeat(arrays[field], 2)}).is_sound()


@pytest.mark.parametrize(
    ("sizes", "limit", "runs"),
    [
        ([], 10, []),
        ([3], 10, [(0, 1)]),
        ([99], 10, [(0, 1)]),
        ([4, 6, 1], 10, [(0, 2), (2, 3)]),
        ([0, 0, 11, 0, 5], 10, [(0, 3), (3, 5)]),
    ],
)
def test_batches_by_hand(sizes, limit, runs):
    """Runs hold about ``limit`` characters; a longer text has its own."""
    found = batches(sizes, limit)
    assert found == runs


@given(st.lists(st.integers(0, 50)), st.integers(1, 60))
def test_batches_lose_nothing(sizes, limit):
    """Runs follow one another over the whole list, and only a single text may be over the limit."""
    runs = batches(sizes, limit)
    assert [index for start, end in runs for index in range(start, end)] == list(range(len(sizes)))
    assert all(sum(sizes[start:end]) <= limit or max(sizes[start:end]) == sum(sizes[start:end]) for start, end in runs)
