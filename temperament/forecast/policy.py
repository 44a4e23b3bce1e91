"""When to step in: a decision by rule, kept apart from the probability it rests on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from temperament.errors import UsageError


@dataclass(frozen=True, slots=True)
class Policy:
    """Step in once the risk has been at least ``threshold`` after ``patience`` turns in a row.

    Turns before the ``earliest`` (counted from 1) never call for it, though they count towards the patience. The rule
    knows nothing of what stepping in costs or helps: the threshold carries that, see ``of_costs``. Raises ``UsageError``
    for a threshold that is no probability and for counts below 1.
    """

    threshold: float = 0.5
    patience: int = 1
    earliest: int = 1

    def __post_init__(self) -> None:
        """Refuse what is no rule."""
        if not 0 <= self.threshold <= 1:
            raise UsageError(
                f"介入阈值 threshold 要在 0 到 1 之间，给的是 {self.threshold}。例如 0.5。",
                f"The threshold for stepping in must lie between 0 and 1, not {self.threshold}. Try 0.5.",
            )
        for name, value in (("patience", self.patience), ("earliest", self.earliest)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise UsageError(
                    f"{name} 是轮数，要是不小于 1 的整数，给的是 {value}。",
                    f"{name} counts turns: give a whole number from 1, not {value}.",
                )

    @classmethod
    def of_costs(cls, missed: float, needless: float, patience: int = 1, earliest: int = 1) -> "Policy":
        """Return the policy that costs least on average: what one missed bad end and one needless call cost.

        Stepping in pays when risk · missed ≥ (1 - risk) · needless, so the threshold is needless / (missed + needless)
        (Elkan 2001, "The Foundations of Cost-Sensitive Learning"). It takes for granted that stepping in helps.
        Raises ``UsageError`` unless both are positive numbers.
        """
        if not all(math.isfinite(cost) and cost > 0 for cost in (missed, needless)):
            raise UsageError(
                f"两种代价都要是大于 0 的数，给的是 {missed} 和 {needless}。",
                f"Both costs must be positive numbers, not {missed} and {needless}.",
            )
        return cls(needless / (missed + needless), patience, earliest)

    def step_in(self, risks: Sequence[float]) -> int | None:
        """Return the place (from 0) of the first risk at which to step in, ``None`` for never.

        ``risks`` are those after each turn, in order; what comes later never changes an earlier decision.
        """
        run = 0
        for place, risk in enumerate(risks):
            run = run + 1 if risk >= self.threshold else 0
            if run >= self.patience and place + 1 >= self.earliest:
                return place
        return None
