"""A second reader: how much a whole reply reads like one with a violation, learned from replies, not written as a rule.

Logistic regression over the characters and pairs of neighbours that a reply holds, weighted by inverse document frequency
and scaled to length 1, the machinery of the message classifier with shorter pieces. The model is one JSON file of plain
arrays; running it needs neither numpy nor scikit-learn. ``learning`` makes the file.
"""

import json
import math
import re
from collections.abc import Set
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import repeat
from pathlib import Path
from typing import Any

from temperament.errors import ModelError
from temperament.language import Language
from temperament.reply.findings import Finding
from temperament.reply.sieve import code_of, codes_of
from temperament.reply.views import View

LEARNED = "learned"
"""The kind of a finding that no rule made."""
RULE = "learned.violation"
FORMAT = 1
LEANING = 0.7
FILE = "replies.json"
_SUREST = 0.99
"""Nobody is told a model is wholly sure."""
MESSAGE = {
    "zh": "没有规则对得上，但整句读起来像不妥的话（把握 {sure:.0%}）。请站在客户那边再读一遍：像不像在怪他、推他、敷衍他？",
    "en": "No rule matches, yet the whole reads like a violation (confidence {sure:.0%}). Read it as the customer will: does "
    "it blame, brush off or put off?",
}
DOUBTED = {
    "zh": "（整句读起来多半没问题，所以只作建议。）",
    "en": " (The whole reads as if nothing were wrong, so this is a suggestion only.)",
}
WHY = {
    "zh": "第二读者：从手写的回复里学出来的小模型，看整句像不像不妥的话。只在没有规则对得上、把握不低于 {bound:.0%} 时给建议；"
    "另外，把整句多半没问题的告警降为建议。--no-learned 可以不用它。",
    "en": "The second reader, a small model learned from written replies, judges the whole. It suggests where no rule matches "
    "and its confidence is {bound:.0%} or more, and turns warnings into suggestions where the whole reads fine. "
    "--no-learned leaves it out.",
}
BETTER = {"我查到的情况是……，我现在能帮您做的是……": "What I found is …; what I can do for you now is …"}
FIRES = ("投诉去吧，看谁怕谁。", "谁家空调不滴水啊，您也太讲究了。")
SILENT = ("包裹今天下午送到，收件人不在的话放门卫，您看方便吗？", "没关系，您说慢一点，我记着呢。")
_CLAUSE = re.compile(r"[^,。!?;\n]+")


@dataclass(frozen=True, slots=True)
class SecondReader:
    """The learned weights, by the code of a character or pair (see ``sieve``).

    ``pulls`` are weights times inverse document frequencies, ``squares`` those of the latter. A probability of
    ``threshold`` or more makes a finding where no rule does; below ``doubt``, findings of the rules in ``broad`` are
    suggestions only.
    """

    pulls: dict[int, float]
    squares: dict[int, float]
    intercept: float
    threshold: float
    doubt: float
    broad: frozenset[str]

    def probability(self, held: Set[int]) -> float:
        """Return how likely a reply with these codes is to hold a violation; nothing known: 0."""
        length = sum(map(self.squares.get, held, repeat(0.0)))
        if not length:
            return 0.0
        return _logistic(self.intercept + self.pull(held) / math.sqrt(length))

    def may_find(self, held: Set[int]) -> bool:
        """Tell whether the probability can reach ``threshold``: it needs a pull, however long the reply is."""
        return self.pull(held) > 0 or _logistic(self.intercept) >= self.threshold

    def pull(self, held: Set[int]) -> float:
        """Return how much these codes together speak for a violation, or, below 0, against it."""
        return sum(map(self.pulls.get, held, repeat(0.0)))

    def finding(self, view: View, sure: float, language: Language) -> Finding:
        """Return the finding, at the clause that speaks for it most."""
        clauses = list(_CLAUSE.finditer(view.text))
        worst = (
            max(clauses, key=lambda one: self.pull(codes_of(one.group()))).span() if clauses else (0, len(view.text))
        )
        start, end = view.span(*worst)
        return Finding(
            rule=RULE,
            level="suggestion",
            start=start,
            end=end,
            text=view.folded.original[start:end],
            message=MESSAGE[language].format(sure=min(sure, _SUREST)),
            suggestions=tuple(BETTER),
            source="ours",
            kind=LEARNED,
        )


def _logistic(score: float) -> float:
    return 1 / (1 + math.exp(-score))


class Opinion:
    """What the second reader makes of one reply; it is not asked before somebody wants to know."""

    def __init__(self, held: set[int], disable: frozenset[str]) -> None:
        """Look at a reply with these codes; nothing is asked where the kind or its rule is disabled."""
        self.held = held
        self._asked = disable.isdisjoint((LEARNED, RULE))

    @cached_property
    def sure(self) -> float:
        """How likely the reply is to hold a violation."""
        return shipped_reader().probability(self.held)

    @property
    def finds(self) -> bool:
        """Tell whether the whole reads like a violation."""
        reader = shipped_reader()
        return self._asked and reader.may_find(self.held) and self.sure >= reader.threshold

    @property
    def leans(self) -> bool:
        """Tell whether a violation is likely enough to count what is nearly, not quite, hollow as hollow."""
        return self._asked and self.sure >= LEANING

    def doubts(self, check: str) -> bool:
        """Tell whether a finding of this check is more likely a false alarm."""
        return self._asked and check in shipped_reader().broad and self.sure < shipped_reader().doubt

    def finding(self, view: View, language: Language) -> Finding:
        """Return the finding about the whole."""
        return shipped_reader().finding(view, self.sure, language)


@cache
def shipped_reader() -> SecondReader:
    """Return the shipped model."""
    package = Path(__file__).resolve().parents[1]
    paths = [base / "models" / "replies" / FILE for base in (package, package.parent)]
    return load(next((path for path in paths if path.is_file()), paths[0]))


def load(path: Path) -> SecondReader:
    """Read a model; raises ``ModelError`` for a file that is missing or not one of these."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        if facts["format"] != FORMAT:
            raise ValueError(f"format {facts['format']!r}")
        return _reader(facts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"回复的第二读者 {path} 读不了（{error}）。请重新安装，或用 --no-learned 不用它。",
            f"The second reader of replies, {path}, cannot be read ({error}). Install again, or leave it out: --no-learned.",
        ) from error


def _reader(facts: dict[str, Any]) -> SecondReader:
    # The commonest first: neighbours in memory, they stay in the processor's cache.
    pieces = sorted(zip(facts["counts"], facts["pieces"], facts["weights"], strict=True), reverse=True)
    rarity = {code_of(piece): math.log((1 + facts["replies"]) / (1 + count)) + 1 for count, piece, _ in pieces}
    return SecondReader(
        pulls={
            code: weight / facts["scale"] * idf
            for (_, _, weight), (code, idf) in zip(pieces, rarity.items(), strict=True)
        },
        squares={code: idf * idf for code, idf in rarity.items()},
        intercept=float(facts["intercept"]),
        threshold=float(facts["threshold"]),
        doubt=float(facts["doubt"]),
        broad=frozenset(facts["broad"]),
    )
