"""A trie of n-grams in plain arrays: one step for a million places costs one look into a table each.

A node stands for an n-gram; a transition (node, next character) → node is found by hashing. The table keeps one
transition a slot, the commonest, and marks slots that more than one wanted; the rest are found by binary search.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""2⁶⁴ over the golden ratio: Fibonacci hashing (Knuth, "The Art of Computer Programming" vol. 3, 6.4)."""
_ROOMY = 2
"""The table has 2 to 4 slots a transition."""


@dataclass(frozen=True, slots=True)
class Trie:
    """``roots`` gives the node of every single character; ``parents`` of every node, 0 standing for none.

    Nodes 1 to ``terms`` are the n-grams themselves in the order they were given, further ones are beginnings that are no
    n-grams themselves. A slot packs a transition's key, its node and whether others wanted the slot, from the top.
    """

    terms: int
    alphabet: int
    roots: Integers
    parents: Integers
    slots: Integers
    node_bits: int
    hash_shift: np.uint64
    further: Integers
    further_nodes: Integers

    @classmethod
    def of(cls, keys: NDArray[np.uint64], alphabet: int, bits: int, rarity: NDArray[np.floating]) -> "Trie":
        """Build the trie of n-grams given as ascending packed keys (``bits`` a character, numbered from 1).

        ``rarity`` ranks the n-grams: of those that want one slot the least rare gets it.
        """
        every, parents = _with_beginnings(keys, np.uint64(bits))
        node_bits = int(len(every) + 1).bit_length()
        if (len(every) + 1) * (alphabet + 1) >= 1 << (62 - node_bits):
            raise ValueError(f"{len(every)} n-grams over {alphabet} characters are too many")
        last = (every & np.uint64((1 << bits) - 1)).astype(np.int64)
        longer = np.flatnonzero(parents)
        longer = longer[np.argsort(np.append(rarity, np.zeros(len(every) - len(keys)))[longer], kind="stable")]
        roots = np.zeros(alphabet + 1, np.int64)
        single = np.flatnonzero(parents == 0)
        roots[last[single]] = single + 1
        transitions = parents[longer] * (alphabet + 1) + last[longer]
        size_bits = int(len(longer) * _ROOMY + 1).bit_length()
        shift = np.uint64(64 - size_bits)
        slots, kept = _fill(transitions, longer + 1, node_bits, shift)
        rest = np.flatnonzero(~kept)
        rest = rest[np.argsort(transitions[rest])]
        return cls(
            terms=len(keys),
            alphabet=alphabet,
            roots=roots,
            parents=np.append(0, parents),
            slots=slots,
            node_bits=node_bits,
            hash_shift=shift,
            further=np.append(transitions[rest], np.iinfo(np.int64).max),
            further_nodes=np.append(longer[rest] + 1, 0),
        )

    def step(self, nodes: Integers, numbers: Integers) -> Integers:
        """Return the nodes reached from ``nodes`` by the next characters; 0 where there are none."""
        keys = nodes * (self.alphabet + 1) + numbers
        slots = self.slots.take(_places(keys, self.hash_shift))
        hits = slots >> (self.node_bits + 1) == keys
        reached: Integers = (slots >> 1 & ((1 << self.node_bits) - 1)) * hits
        crowded = ((slots & 1) > hits).nonzero()[0]
        missing = keys[crowded]
        places = self.further.searchsorted(missing)
        reached[crowded] = self.further_nodes[places] * (self.further[places] == missing)
        return reached


def _with_beginnings(keys: NDArray[np.uint64], bits: np.uint64) -> tuple[NDArray[np.uint64], Integers]:
    """Return the keys with the missing beginnings of n-grams after them, and the parent of each, numbered from 1."""
    every = keys
    new = keys
    while len(new):
        begun = np.unique(new >> bits)
        begun = begun[begun > 0]
        new = begun[~np.isin(begun, every)]
        every = np.concatenate([every, new])
    order = np.argsort(every, kind="stable")
    places = np.minimum(every[order].searchsorted(every >> bits), len(every) - 1)
    return every, np.where(every >> bits > 0, order[places] + 1, 0)


def _places(keys: Integers, shift: np.uint64) -> Integers:
    return (keys.view(np.uint64) * _MULTIPLIER >> shift).view(np.int64)


def _fill(
    transitions: Integers, nodes: Integers, node_bits: int, shift: np.uint64
) -> tuple[Integers, NDArray[np.bool_]]:
    """Put transitions into their slots, the first that comes into each; return the table and which found room."""
    places = _places(transitions, shift)
    owners = np.full(1 << int(np.uint64(64) - shift), -1)
    owners[places[::-1]] = np.arange(len(places))[::-1]
    kept = owners[places] == np.arange(len(places))
    slots = np.full(len(owners), -2)
    slots[places[kept]] = transitions[kept] << (node_bits + 1) | nodes[kept] << 1
    slots[places[~kept]] |= 1
    return slots, kept
