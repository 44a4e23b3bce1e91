"""Make the second reader (``learned``) from written replies: python -m temperament.reply.learning REPLIES -o FILE.

Learned are the parts of ``data/replies.jsonl`` that are not kept for tests, and the playbook's own sentences: those to say
and the near misses as fine, those that must be found as violations. Both bounds come from replies of a writer whose
replies were held out of training, one writer after the other (those written to be learned from: a fifth at a time).
"""

import argparse
import json
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from temperament import playbook
from temperament.playbook import Playbook
from temperament.playbook.checks import parts
from temperament.playbook.shapes import Phrase
from temperament.reply.checker import Checker
from temperament.reply.learned import FORMAT
from temperament.reply.sieve import UNITS, codes_of

TESTS = frozenset({"test", "independent-test", "fresh"})
"""Parts that are measured on and never learned from."""
INVERSE_REGULARISATION = 3.0
LEAST_REPLIES = 2
MOST_ALARMS = 0.01
"""What share of the fine replies of a writer held out may reach the threshold."""
MOST_LOST = 0.02
"""What share of the violations of a writer held out may fall below the bound of doubt."""
SCALE = 1000
_HALF = 0xD800
Floats = NDArray[np.float64]


def learn(rows: Sequence[dict[str, Any]], book: Playbook) -> dict[str, Any]:
    """Return the model of labelled replies (``id``, ``reply``, ``violation``) as what ``learned.load`` reads."""
    checker = Checker(book)
    held = [sorted(codes_of(checker.view(row["reply"]).text)) for row in rows]
    gold = np.array([row["violation"] for row in rows])
    folds = np.array([_fold(row) for row in rows])
    said, warned = _sentences(book, checker)
    extra, known = [*said, *warned], np.array([False] * len(said) + [True] * len(warned))
    out = np.zeros(len(rows))
    for fold in sorted(set(folds.tolist())):
        kept = np.flatnonzero(folds != fold)
        vectorizer, regression = _fit([*(held[index] for index in kept), *extra], np.r_[gold[kept], known])
        left = np.flatnonzero(folds == fold)
        out[left] = regression.decision_function(vectorizer.transform([held[index] for index in left]))
    platt = LogisticRegression(C=1e6).fit(out[:, None], gold)
    slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    sure = 1 / (1 + np.exp(-(slope * out + shift)))
    vectorizer, regression = _fit([*held, *extra], np.r_[gold, known])
    return {
        "format": FORMAT,
        "replies": len(rows) + len(extra),
        "intercept": round(slope * float(regression.intercept_[0]) + shift, 4),
        "threshold": round(float(np.quantile(sure[~gold], 1 - MOST_ALARMS)), 3),
        "doubt": round(float(np.quantile(sure[gold], MOST_LOST)), 3),
        "broad": [check.id for check in book.checks.values() if check.wording is None and not check.raw],
        "scale": SCALE,
        **_arrays(vectorizer, regression, slope, [*held, *extra]),
    }


def _fold(row: dict[str, Any]) -> str:
    """Hold out a whole writer at once; the one who wrote for training alone, in five parts."""
    return f"{row['id'][0]}{zlib.crc32(row['id'].encode()) % 5 if row['part'] == 'train' else ''}"


def _sentences(book: Playbook, checker: Checker) -> tuple[list[list[int]], list[list[int]]]:
    """Return the codes of the playbook's fine sentences and of those that must be found."""
    phrases = {one.zh for entry in book.entries() for one in parts(entry) if isinstance(one, Phrase)}
    fine = phrases | {text for check in book.checks.values() for text in check.silent}
    wrong = {text for check in book.checks.values() for text in check.fires}
    wrong |= {text for rule in book.wording.values() for text in rule.avoid}
    return tuple(
        [sorted(codes_of(checker.view(text).text)) for text in sorted(texts)] for texts in (fine - wrong, wrong)
    )  # type: ignore[return-value]


def _fit(held: list[list[int]], gold: NDArray[np.bool_]) -> tuple[TfidfVectorizer, LogisticRegression]:
    vectorizer = TfidfVectorizer(analyzer=_whole, binary=True, min_df=LEAST_REPLIES)
    matrix = vectorizer.fit_transform(held)
    return vectorizer, LogisticRegression(C=INVERSE_REGULARISATION, max_iter=2000).fit(matrix, gold)


def _arrays(
    vectorizer: TfidfVectorizer, regression: LogisticRegression, slope: float, held: list[list[int]]
) -> dict[str, Any]:
    """Return every character and pair with its weight and in how many replies it stands."""
    counts: dict[int, int] = {}
    for codes in held:
        for code in _whole(codes):
            counts[code] = counts.get(code, 0) + 1
    codes = [int(code) for code in vectorizer.get_feature_names_out()]
    weights: Floats = slope * regression.coef_[0]
    return {
        "pieces": [_piece(code) for code in codes],
        "counts": [counts[code] for code in codes],
        "weights": [round(float(weight) * SCALE) for weight in weights],
    }


def _piece(code: int) -> str:
    """Return the character or the pair of a code; see ``sieve.code_of``."""
    return code.to_bytes(4 if code > 0xFFFF else 2, sys.byteorder).decode(UNITS)


def _whole(codes: list[int]) -> list[int]:
    """Leave out codes that hold half of a character beyond 16 bits."""
    return [code for code in codes if _HALF not in {code & 0xF800, code >> 16 & 0xF800} or _is_character(code)]


def _is_character(code: int) -> bool:
    try:
        return len(_piece(code)) == 1
    except UnicodeDecodeError:
        return False


def main() -> None:
    """Learn from a file of replies and write the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("replies", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.replies.read_text(encoding="utf-8").splitlines()]
    facts = learn([row for row in rows if row["part"] not in TESTS], playbook.shipped())
    options.output.write_text(json.dumps(facts, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
