"""Text → weights: character n-grams with TF-IDF, for a whole batch at once on code-point arrays.

``ngrams`` defines the features one document at a time; training uses it. ``Vocabulary`` finds the same n-grams in many
documents with numpy alone, ``Scorer`` weighs them as a linear model does; tests hold that both agree with scikit-learn.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from temperament.folding import END, START, Codes

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

LONGEST = 3
KEY_BITS = 20
_MAX_ALPHABET = (1 << KEY_BITS) - 1
_CODE_POINTS = 0x110000


def ngrams(text: str, longest: int = LONGEST) -> list[str]:
    """Return the character n-grams of folded text, 1 to ``longest`` characters, its two ends marked."""
    marked = f"{START}{text}{END}"
    return [
        marked[start : start + length] for length in range(1, longest + 1) for start in range(len(marked) - length + 1)
    ]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every known n-gram of a batch where it stands (parallel arrays, one entry an occurrence).

    ``starts`` counts characters of the folded text from 0; the start mark stands at -1.
    """

    documents: Integers
    starts: Integers
    lengths: Integers
    columns: Integers


@dataclass(frozen=True, slots=True)
class Matrix:
    """Sparse TF-IDF rows of unit length: ``values[i]`` stands at (``rows[i]``, ``columns[i]``)."""

    rows: Integers
    columns: Integers
    values: Floats
    height: int

    def times(self, weights: NDArray[np.floating]) -> Floats:
        """Return the product with dense ``weights`` (columns × outputs) as height × outputs."""
        products = np.empty((self.height, weights.shape[1]))
        for output in range(weights.shape[1]):
            terms = self.values * weights[self.columns, output]
            products[:, output] = np.bincount(self.rows, terms, minlength=self.height)
        return products


@dataclass(frozen=True)
class Vocabulary:
    """Known n-grams: ``alphabet`` holds the code points in use, ``keys`` one number an n-gram, both ascending.

    A character is numbered by its place in the alphabet, from 1; a key packs the numbers of an n-gram's
    characters, 20 bits each. Column ``i`` of every matrix belongs to ``keys[i]``.
    """

    alphabet: NDArray[np.uint32]
    keys: NDArray[np.uint64]

    @classmethod
    def of(cls, terms: list[str]) -> tuple["Vocabulary", Integers]:
        """Build the vocabulary of the given n-grams, and the order that sorts them into its columns."""
        alphabet = np.array(sorted({ord(character) for term in terms for character in term}), np.uint32)
        number = {int(code): index + 1 for index, code in enumerate(alphabet)}
        packed = []
        for term in terms:
            key = 0
            for character in term:
                key = key << KEY_BITS | number[ord(character)]
            packed.append(key)
        keys = np.array(packed, np.uint64)
        order = np.argsort(keys)
        return cls(alphabet, keys[order]), order

    def terms(self) -> list[str]:
        """Return the n-gram of every column."""
        found = []
        for key in self.keys.tolist():
            term = ""
            while key:
                term = chr(self.alphabet[(key & _MAX_ALPHABET) - 1]) + term
                key >>= KEY_BITS
            found.append(term)
        return found

    def is_sound(self) -> bool:
        """Tell whether both arrays are ascending and within bounds."""
        return 0 < len(self.alphabet) <= _MAX_ALPHABET and all(
            bool((array[1:] > array[:-1]).all()) for array in (self.alphabet, self.keys)
        )

    @cached_property
    def numbers(self) -> NDArray[np.int32]:
        """The number of every code point there is, 0 for those outside the alphabet."""
        table = np.zeros(_CODE_POINTS, np.int32)
        table[self.alphabet] = np.arange(1, len(self.alphabet) + 1)
        return table

    def find(self, texts: list[str]) -> Occurrences:
        """Find all known n-grams in folded texts."""
        codes = Codes.of(texts)
        documents = np.repeat(np.arange(len(texts)), codes.sizes)
        starts = np.arange(len(documents)) - np.repeat(codes.starts, codes.sizes) - 1
        found = []
        for length, columns in enumerate(self.locate(codes), 1):
            at = np.flatnonzero(columns)
            found.append((documents[at], starts[at], np.full(len(at), length), columns[at] - 1))
        return Occurrences(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def locate(self, codes: Codes) -> Integers:
        """Return for every position which n-grams of 1, 2 and 3 characters start there: three rows of columns from 1, or 0."""
        numbers = self.numbers.take(codes.codes).astype(np.uint64)
        keys, alive = numbers, numbers > 0
        located = np.zeros((LONGEST, len(numbers)), np.int64)
        for length in range(1, LONGEST + 1):
            if length > 1:
                keys = keys[:-1] << np.uint64(KEY_BITS) | numbers[length - 1 :]
                alive = alive[:-1] & (numbers[length - 1 :] > 0)
            columns = np.searchsorted(self.keys, keys)
            columns[columns == len(self.keys)] = 0
            known = alive & (self.keys[columns] == keys)
            located[length - 1, : len(keys)] = (columns + 1) * known
        return located

    def matrix(self, found: Occurrences, idf: NDArray[np.floating], height: int) -> Matrix:
        """Weigh occurrences: (1 + ln count) · idf, every row scaled to length 1.

        The weighting is scikit-learn's ``TfidfVectorizer(sublinear_tf=True)``.
        """
        cells, counts = np.unique(found.documents * len(self.keys) + found.columns, return_counts=True)
        rows, columns = np.divmod(cells, len(self.keys))
        values = (1 + np.log(counts)) * idf[columns]
        lengths = np.sqrt(np.bincount(rows, values**2, minlength=height))
        return Matrix(rows, columns, values / lengths[rows], height)


def batches(sizes: list[int], limit: int) -> list[tuple[int, int]]:
    """Split a list of text sizes into (start, end) runs of about ``limit`` characters together."""
    cuts, filled = [0], 0
    for index, size in enumerate(sizes):
        if filled and filled + size > limit:
            cuts.append(index)
            filled = 0
        filled += size
    cuts.append(len(sizes))
    return list(pairwise(cuts)) if sizes else []
