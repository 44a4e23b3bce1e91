"""TF-IDF and a linear model in one step: the scores of a whole batch without ever making its matrix.

A row of TF-IDF is (1 + ln count) · idf for every n-gram of a text, scaled to length 1; its score is the product with the
weights. Most n-grams stand in a text once. So every place of a text first gives the weights of the n-grams that start
there, summed beforehand along the trie (a known n-gram's beginnings are known too); n-grams that come again are then
found among the places whose character comes again, and put right. Few texts do without the trie and its sums, which take
a tenth of a second to build; the numbers are the same to the last bit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from temperament.features import KEY_BITS, LONGEST, Floats, Integers, Vocabulary, batches
from temperament.folding import Codes
from temperament.trie import Trie

_CHUNK = 48_000
"""Characters scored at once: their arrays fit into a processor's second-level cache."""
_WORTH_A_TRIE = 100_000
"""From so many characters on, asked for in all, the trie has paid for itself."""
_MOST_NOTES = 1 << 18
_STRIDE, _MULTIPLIER = 40_503, 2_654_435_769


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of texts (texts × outputs) before the intercepts, and whether more than single characters were known."""

    values: Floats
    known: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Shares:
    """What stands where in texts, and how much it counts there: parallel arrays, the shortest n-grams first.

    ``places`` are those of first characters among all codes, ``longer`` how many more characters the n-gram has. ``which``
    says where its column and its value in its text (TF-IDF, one occurrence's share) stand in ``columns`` and ``values``.
    ``length`` counts the codes.
    """

    places: Integers
    longer: Integers
    which: Integers
    columns: Integers
    values: Floats
    length: int

    def spread(self, gains: NDArray[np.floating]) -> Floats:
        """Share what each column gains, times its value, among the characters of its n-grams; return it for all codes."""
        shares = (self.values * gains)[self.which] / (self.longer + 1)
        spread = np.zeros(self.length)
        for offset, first in enumerate(self.longer.searchsorted(np.arange(LONGEST))):
            spread += np.bincount(self.places[first:] + offset, shares[first:], minlength=self.length)
        return spread


@dataclass
class Scorer:
    """Weighs n-grams; ``weights`` is columns × outputs. ``asked`` counts the characters scored so far."""

    vocabulary: Vocabulary
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    asked: int = field(default=0, init=False)

    def score(self, codes: Codes) -> Scores:
        """Score folded texts."""
        ready = self._worth_a_trie(codes)
        values = np.zeros((len(codes.sizes), self.weights.shape[1]))
        known = np.zeros(len(codes.sizes), bool)
        for first, last in _runs(codes.sizes):
            part = codes.part(first, last)
            values[first:last], known[first:last] = self._score(part, ready=ready)
        return Scores(values, known)

    def locate(self, codes: Codes) -> Integers:
        """Return for every position the columns of the n-grams that start there, as ``Vocabulary.locate`` does."""
        if self._worth_a_trie(codes):
            return self.follow(self.vocabulary.numbers.take(codes.codes))[1]
        return self.vocabulary.locate(codes)

    def shares(self, codes: Codes) -> Shares:
        """Return every known n-gram of folded texts where it stands, and what it counts in the row of its text."""
        located = self.locate(codes)
        longer, places = located.nonzero()
        texts = np.repeat(np.arange(len(codes.sizes)), codes.sizes)[places]
        cells = texts * len(self.idf) + (located[longer, places] - 1)
        cells, which, counts = np.unique(cells, return_inverse=True, return_counts=True)
        rows, columns = np.divmod(cells, len(self.idf))
        values = (1 + np.log(counts)) * self.idf[columns]
        values /= np.sqrt(np.bincount(rows, values**2))[rows] * counts
        return Shares(places, longer, which, columns, values, len(codes.codes))

    def _worth_a_trie(self, codes: Codes) -> bool:
        self.asked += len(codes.codes)
        return self.asked >= _WORTH_A_TRIE

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
            deepest, columns = self.follow(numbers)
            sums, squares = (table.take(deepest, axis=0) for table in self.sums)
        else:
            columns = self.vocabulary.locate(codes)
            sums, squares = (_added(table, columns) for table in (self._rows, self._squares))
        values, lengths = _total(sums, starts), np.add.reduceat(squares, starts)
        texts = np.repeat(np.arange(len(starts)), codes.sizes)
        rows, again, counts = _repeated(numbers, texts, columns)
        if len(rows):
            factors = 1 + np.log(counts)
            firsts = np.concatenate([[0], (rows[1:] != rows[:-1]).nonzero()[0] + 1])
            values[rows[firsts]] += _total(self._rows(again) * (factors - counts)[:, None], firsts)
            lengths[rows[firsts]] += np.add.reduceat(self._squares(again) * (factors**2 - counts), firsts)
        known = np.logical_or.reduceat((columns[1] > 0) | (columns[2] > 0), starts)
        return values / np.sqrt(np.where(lengths > 0, lengths, 1))[:, None], known

    def follow(self, numbers: NDArray[np.int32]) -> tuple[Integers, Integers]:
        """Return the deepest node of every place, and what ``Vocabulary.locate`` returns."""
        following = numbers.astype(np.int64)
        columns = np.zeros((LONGEST, len(numbers)), np.int64)
        columns[0] = reached = self.trie.roots.take(following)
        deepest = reached.copy()
        for length in range(2, LONGEST + 1):
            reached = self.trie.step(reached[:-1], following[length - 1 :])
            np.copyto(deepest[: len(reached)], reached, where=reached > 0)
            columns[length - 1, : len(reached)] = reached
        if len(self.trie.parents) - 1 > self.trie.terms:
            columns[columns > self.trie.terms] = 0
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


def _added(table: Callable[[Integers], Floats], columns: Sequence[Integers] | Integers) -> Floats:
    """Add up what a table says of n-grams, the shortest first."""
    first, second, third = map(table, columns)
    return third + (second + first)


def _total(rows: Floats, starts: Integers) -> Floats:
    """Add up the rows from each start to the next; pairs of columns as complex numbers, which takes half as long."""
    if rows.shape[1] % 2:
        return np.add.reduceat(rows, starts, axis=0)
    return np.add.reduceat(rows.view(np.complex128), starts, axis=0).view(np.float64)


def _repeated(numbers: NDArray[np.int32], texts: Integers, columns: Integers) -> tuple[Integers, Integers, Integers]:
    """Return the n-grams that stand in a text more than once: texts in order, columns from 1, counts."""
    whole = _met_twice(numbers, texts)
    again, places, grams = whole, [], []
    for length, found in enumerate(columns, 1):
        if length > 1:
            whole = whole[:-1] & again[length - 1 :]
        places.append(whole.nonzero()[0])
        grams.append(found.take(places[-1]))
    every = np.concatenate(grams)
    known = every.nonzero()[0]
    rows, every = texts.take(np.concatenate(places).take(known)), every.take(known)
    counts = _counts(rows * (int(every.max(initial=0)) + 1) + every)
    owners = (counts > 1).nonzero()[0]
    owners = owners[np.argsort(rows[owners].astype(np.uint16), kind="stable")]
    return rows[owners], every[owners], counts[owners]


def _met_twice(numbers: NDArray[np.int32], texts: Integers) -> NDArray[np.bool_]:
    """Tell of every place whether its character may stand in its text again; a few others are told so, too.

    Every place is noted in a small table under its text and character: who finds another's note there may be such a
    place, and so may the other.
    """
    notes = _note_table(len(numbers))
    keys = (texts * _STRIDE + numbers) & (len(notes) - 1)
    places = np.arange(len(numbers), dtype=np.int32)
    notes[keys] = places
    owners = notes.take(keys)
    again: NDArray[np.bool_] = owners != places
    again[owners[again]] = True
    return again


def _note_table(count: int) -> NDArray[np.int32]:
    """Return room for notes, four to eight times as much as there are, within bounds."""
    return np.empty(min(1 << (count * 4).bit_length(), _MOST_NOTES), np.int32)


def _counts(cells: Integers) -> Integers:
    """Count equal cells: the last of its kind has the count of all, the others 0.

    Cells note their place in a small table; those whose note another kind has overwritten try again.
    """
    counts = np.zeros(len(cells), np.int64)
    notes = _note_table(len(cells))
    left, kinds, multiplier = np.arange(len(cells), dtype=np.int32), cells, _MULTIPLIER
    while len(left):
        keys = kinds * multiplier >> 20 & (len(notes) - 1)
        notes[keys] = left
        noted = notes.take(keys)
        same = cells.take(noted) == kinds
        counts += np.bincount(noted[same], minlength=len(cells))
        left, kinds, multiplier = left[~same], kinds[~same], multiplier + 2
    return counts
