"""Quality side by side: majority label, codebook keywords, and models, on the same labelled files.

    python benchmarks/quality.py [FILE...] [--models default ...] [-o benchmarks/QUALITY.md]

Files default to the public development set (``../shared``, where it is there) and the corpus test part. Intervals are
95 % bootstrap percentiles over messages (1,000 resamples, fixed seed).
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from temperament.datasets import Example, read_examples
from temperament.evaluate import macro_f1
from temperament.labels import HEADS, NEUTRAL, Head
from temperament.reader import Classifier
from temperament.text import fold

ROOT = Path(__file__).resolve().parent.parent
FILES = (ROOT.parent / "shared" / "labels" / "real_dev.jsonl", ROOT / "data" / "corpus" / "test.jsonl")
RESAMPLES = 1000

KEYWORDS: dict[Head, dict[str, tuple[str, ...]]] = {
    "temperament": {
        "choleric": ("立刻", "马上给", "今天必须", "经理", "少废话", "限你", "否则", "赶紧给我"),
        "sanguine": ("哈哈", "哎呀", "亲", "老铁", "嘻嘻", "嘿嘿", "[笑", "~"),
        "phlegmatic": ("不急", "麻烦看看", "没关系", "按规定办", "看着办", "慢慢来", "理解你们"),
        "melancholic": ("应该", "按理", "标准", "原则", "连", "太让人失望", "失望", "好欺负"),
    },
    "state": {
        "angry": ("凭什么", "气死", "垃圾", "骗子", "!!", "管不管", "曝光"),
        "confused": ("搞不懂", "怎么回事", "不知道该", "不明白", "什么意思"),
        "anxious": ("急用", "来不及", "怎么还没", "能不能快", "会不会", "急急", "着急"),
        "difficult": ("呵呵", "真行", "佩服", "服了", "就这"),
    },
}
"""The codebook's own cue words: the first label with a hit, in this order, else the neutral one."""


def keyword_label(text: str, head: Head) -> str:
    """Return the label of the first keyword hit in a message."""
    folded = fold(text).text
    hits = (label for label, cues in KEYWORDS[head].items() if any(cue in folded for cue in cues))
    return next(hits, NEUTRAL[head])


def interval(true: Sequence[str], read: Sequence[str]) -> str:
    """Return macro-F1 with its 95 % bootstrap interval, as text."""
    random = np.random.default_rng(0)
    gold, given = np.array(true), np.array(read)
    picks = (random.integers(0, len(gold), len(gold)) for _ in range(RESAMPLES))
    scores = [macro_f1(gold[pick].tolist(), given[pick].tolist()) for pick in picks]
    low, high = np.percentile(scores, [2.5, 97.5])
    return f"{macro_f1(true, read):.3f} [{low:.3f}, {high:.3f}]"


def answers(gold: list[Example], models: Sequence[str]) -> dict[str, dict[Head, list[str]]]:
    """Return what every system answers for the labelled messages."""
    texts = [example.text for example in gold]
    found: dict[str, dict[Head, list[str]]] = {"majority label": {}, "codebook keywords": {}}
    for head in HEADS:
        commonest = Counter(str(getattr(example, head)) for example in gold).most_common(1)[0][0]
        found["majority label"][head] = [commonest] * len(gold)
        found["codebook keywords"][head] = [keyword_label(text, head) for text in texts]
    for name in models:
        readings = Classifier.load(name).classify_many(texts, explain=False)
        found[name] = {head: [str(getattr(reading, head)) for reading in readings] for head in HEADS}
    return found


def table(path: Path, models: Sequence[str]) -> str:
    """Return the quality table of one file as Markdown."""
    gold = read_examples(path)
    true = {head: [str(getattr(example, head)) for example in gold] for head in HEADS}
    lines = [f"### {path.name} ({len(gold)} messages)\n", "| | temperament | state |", "|---|---|---|"]
    for name, given in answers(gold, models).items():
        lines.append(f"| {name} | " + " | ".join(interval(true[head], given[head]) for head in HEADS) + " |")
    return "\n".join(lines) + "\n"


def chosen(files: Sequence[Path]) -> list[Path]:
    """Return the files asked for, or those of the usual ones that are there."""
    return list(files) or [path for path in FILES if path.exists()]


def publish(text: str, output: Path | None) -> None:
    """Print a result, and write it to a file where one is asked for."""
    sys.stdout.write(text)
    if output:
        output.write_text(text, encoding="utf-8")


def main() -> int:
    """Print the tables, and write them where ``-o`` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--models", nargs="+", default=["default"])
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    tables = (table(path, options.models) for path in chosen(options.files))
    publish("# Quality: macro-F1 with 95 % intervals\n\n" + "\n".join(tables), options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
