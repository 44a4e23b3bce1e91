"""TF-IDF and a linear model in one step: the scores of a whole batch without ever making its matrix.

A row of TF-IDF is (1 + ln count) · idf for every n-gram of a text, scaled to length 1; its score is the product with the
weights. Most n-grams stand in a text once. So every place of a text first gives the weights of the n-grams that start
there, summed beforehand along the trie (a known n-gram's beginnings are known too); n-grams that come again are then
found among the places whose character comes again, and put right. Few texts do without the trie and its sums, which take
a tenth of a second to build; the numbers are the same to the last bit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from temperament.features import KEY_BITS, LONGEST, Floats, Integers, Vocabulary, batches
from temperament.folding import Codes
from temperament.trie import Trie

_CHUNK = 24_000
"""Characters scored at once: their arrays fit into a processor's second-level cache."""
_WORTH_A_TRIE = 100_000
_SCRATCH = 1 << 17
_STRIDE = 40_503


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of texts (texts × outputs) before the intercepts, and whether more than single characters were known."""

    values: Floats
    known: NDArray[np.bool_]


@dataclass(frozen=True)
class Scorer:
    """Weighs n-grams; ``weights`` is columns × outputs."""

    vocabulary: Vocabulary
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]

    def score(self, codes: Codes) -> Scores:
        """Score folded texts."""
        if len(codes.codes) >= _WORTH_A_TRIE:
            self.sums  # noqa: B018 (build now, use below)
        ready = "sums" in self.__dict__
        values = np.zeros((len(codes.sizes), self.weights.shape[1]))
        known = np.zeros(len(codes.sizes), bool)
        for first, last in _runs(codes.sizes):
            part = codes.part(first, last)
            values[first:last], known[first:last] = self._score(part, ready=ready)
        return Scores(values, known)

    @cached_property
    def trie(self) -> Trie:
        """The vocabulary as a trie."""
        return Trie.of(self.vocabulary.keys, len(self.vocabulary.alphabet), KEY_BITS, self.idf)

    @cached_property
    def sums(self) -> tuple[Floats, Floats]:
        """For every node of the trie the weights and the squared idf of it and all its beginnings, added up."""
        parents = self.trie.parents
        sums = np.empty((len(parents), self.weights.shape[1]))
        squares = np.empty(len(parents))
        for first in range(0, len(parents), _CHUNK):
            nodes = np.arange(first, min(first + _CHUNK, len(parents)))
            line = [parents[parents[nodes]], parents[nodes], nodes]
            columns = [np.where(one <= self.trie.terms, one, 0) for one in line]
            sums[nodes], squares[nodes] = _added(self._rows, columns), _added(self._squares, columns)
        return sums, squares

    def _score(self, codes: Codes, *, ready: bool) -> tuple[Floats, NDArray[np.bool_]]:
        starts = codes.starts
        numbers = self.vocabulary.numbers.take(codes.codes)
        if ready:
            deepest, columns = self._follow(codes, numbers)
            sums, squares = (table.take(deepest, axis=0) for table in self.sums)
        else:
            columns = self.vocabulary.locate(codes)
            sums, squares = (_added(table, columns) for table in (self._rows, self._squares))
        values, lengths = _total(sums, starts), np.add.reduceat(squares, starts)
        texts = np.repeat(np.arange(len(starts)), codes.sizes)
        rows, again, counts = _repeated(numbers, texts, columns)
        if len(rows):
            factors = 1 + np.log(counts)
            firsts = np.flatnonzero(np.append(True, rows[1:] != rows[:-1]))
            values[rows[firsts]] += _total(self._rows(again) * (factors - counts)[:, None], firsts)
            lengths[rows[firsts]] += np.add.reduceat(self._squares(again) * (factors**2 - counts), firsts)
        known = np.logical_or.reduceat((columns[1] > 0) | (columns[2] > 0), starts)
        return values / np.sqrt(np.where(lengths > 0, lengths, 1))[:, None], known

    def _follow(self, codes: Codes, numbers: NDArray[np.int32]) -> tuple[Integers, list[Integers]]:
        """Return the deepest node of every place, and the columns (from 1, or 0) of the n-grams that start there."""
        numbers = numbers.astype(np.int64)
        reached = self.trie.roots.take(numbers)
        deepest, columns = reached.copy(), [reached]
        for length in range(2, LONGEST + 1):
            reached = self.trie.step(reached[:-1], numbers[length - 1 :])
            reached[codes.crossing(length)] = 0
            np.copyto(deepest[: len(reached)], reached, where=reached > 0)
            columns.append(np.append(reached, np.zeros(length - 1, np.int64)))
        if len(self.trie.parents) - 1 > self.trie.terms:
            columns = [np.where(one <= self.trie.terms, one, 0) for one in columns]
        return deepest, columns

    def _rows(self, columns: Integers) -> Floats:
        """Return weights times idf of columns counted from 1; zeros for 0."""
        return self.weights.take(columns - 1, axis=0, mode="wrap") * self._idf(columns)[:, None]

    def _squares(self, columns: Integers) -> Floats:
        return self._idf(columns) ** 2

    def _idf(self, columns: Integers) -> Floats:
        return self.idf.take(columns - 1, mode="wrap").astype(np.float64) * (columns > 0)


def _runs(sizes: Integers) -> list[tuple[int, int]]:
    return batches(sizes.tolist(), _CHUNK)


def _added(table: Callable[[Integers], Floats], columns: list[Integers]) -> Floats:
    """Add up what a table says of n-grams, the shortest first."""
    first, second, third = map(table, columns)
    return third + (second + first)


def _total(rows: Floats, starts: Integers) -> Floats:
    """Add up the rows from each start to the next; pairs of columns as complex numbers, which takes half as long."""
    if rows.shape[1] % 2:
        return np.add.reduceat(rows, starts, axis=0)
    return np.add.reduceat(rows.view(np.complex128), starts, axis=0).view(np.float64)


def _repeated(
    numbers: NDArray[np.int32], texts: Integers, columns: list[Integers]
) -> tuple[Integers, Integers, Integers]:
    """Return the n-grams that stand in a text more than once: texts in order, columns from 1, counts.

    Only places whose characters all come again in their text can start one. They are found by noting every place under
    its text and character in a small table: who finds another's note there may be such a place, and so may the other.
    """
    places = np.arange(len(numbers), dtype=np.int32)
    keys = (texts * _STRIDE + numbers) & (_SCRATCH - 1)
    notes = np.empty(_SCRATCH, np.int32)
    notes[keys] = places
    owners = notes.take(keys)
    again = owners != places
    again[owners[again]] = True
    width = int(max(found.max() for found in columns)) + 1
    cells = []
    for length, found in enumerate(columns):
        candidates = np.logical_and.reduce([again[shift : len(again) - length + shift] for shift in range(length + 1)])
        at = np.flatnonzero(candidates & (found[: len(candidates)] > 0))
        cells.append(texts[at] * width + found[at])
    ordered = np.sort(np.concatenate(cells))
    firsts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else ordered
    counts = np.diff(firsts, append=len(ordered))
    rows, found = np.divmod(ordered[firsts[counts > 1]], width)
    return rows, found, counts[counts > 1]
