"""What own labels are worth: trained on alone, or added to a model that knows other messages; and which to label.

    python benchmarks/adaptation.py [-o benchmarks/ADAPTATION.md]

The shipped model has seen these messages, so a model that has not stands in for it, trained on the written corpus alone.
Labels are drawn from real_train; real_dev is not read. Tables are written as they come.
"""

import argparse
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from temperament import adapting, classifier
from temperament.datasets import Example, read_examples
from temperament.errors import TrainingError
from temperament.evaluate import macro_f1
from temperament.labelling.selection import select
from temperament.labels import HEADS, Head
from temperament.model import Model
from temperament.reader import Classifier
from temperament.text import fold

ROOT = Path(__file__).resolve().parents[1]
SIZES = (100, 300, 1000)
DRAWS = 3
HELD_OUT = 2500
SEED = 7
PICKED = (100, 300)
POOL = 3000
LEAST = classifier.FOLDS
Scores = dict[Head, float]


@dataclass(frozen=True, slots=True)
class Setting:
    """A model to start from, the messages own labels are drawn from, and those that score."""

    name: str
    start: Model
    pool: list[Example]
    test: list[Example]


def score(model: Model, test: Sequence[Example]) -> Scores:
    """Return macro-F1 of both heads."""
    read = Classifier(model).classify_many([one.text for one in test], explain=False)
    return {
        head: macro_f1([getattr(one, head) for one in test], [getattr(one, head) for one in read]) for head in HEADS
    }


def split(examples: Sequence[Example], held_out: int) -> tuple[list[Example], list[Example]]:
    """Draw test messages; the pool holds no message with the opening of one."""
    order = np.random.default_rng(SEED).permutation(len(examples))
    test = [examples[place] for place in order[:held_out]]
    apart = {classifier.group(fold(one.text).text) for one in test}
    pool = [examples[place] for place in order[held_out:]]
    return [one for one in pool if classifier.group(fold(one.text).text) not in apart], test


def alone(own: Sequence[Example]) -> Model | None:
    """Train on own labels alone, without those of labels that are too rare; ``None`` where that is impossible."""
    for head in HEADS:
        counts = Counter(getattr(one, head) for one in own)
        own = [one for one in own if counts[getattr(one, head)] >= 2 * LEAST]
    try:
        return classifier.train(own, "own")
    except TrainingError:
        return None


def measure(setting: Setting) -> list[str]:
    """Return the table of one setting."""
    before = score(setting.start, setting.test)
    lines = [
        f"\n### {setting.name}\n",
        f"Start {before['temperament']:.3f} / {before['state']:.3f}; scored on {len(setting.test):,} messages.\n",
        "| own labels | own labels alone | start adapted to them |",
        "|---|---|---|",
    ]
    for size in (size for size in SIZES if size <= len(setting.pool)):
        draws = [np.random.default_rng(draw).choice(len(setting.pool), size, replace=False) for draw in range(DRAWS)]
        own = [[setting.pool[place] for place in draw] for draw in draws]
        single = [score(made, setting.test) for made in map(alone, own) if made is not None]
        both = [score(adapting.adapt(one, setting.start, "adapted").model, setting.test) for one in own]
        lines.append(f"| {size:,} | {shown(single)} | {shown(both)} |")
        print(lines[-1], flush=True)
    return lines


def shown(scores: Sequence[Scores]) -> str:
    """Return mean and standard deviation of both heads."""
    if not scores:
        return "refused"
    parts = []
    for head in HEADS:
        values = [one[head] for one in scores]
        parts.append(f"{np.mean(values):.3f} ± {np.std(values):.3f}")
    return " / ".join(parts)


def picking(setting: Setting) -> list[str]:
    """Return how labels that were selected compare with labels drawn by chance, from the same pools."""
    lines = [
        "\n## Which messages to label\n",
        f"`temperament label --select N` against chance, from {DRAWS} pools of {POOL:,} messages each; the start is adapted "
        f"to what was picked ({setting.name}).\n",
        "| labels | by chance | selected | uncertainty alone |",
        "|---|---|---|---|",
    ]
    found: dict[tuple[int, str], list[Scores]] = {}
    for draw in range(DRAWS):
        chance = np.random.default_rng(100 + draw)
        pool = [setting.pool[place] for place in chance.choice(len(setting.pool), POOL, replace=False)]
        readings = Classifier(setting.start).classify_many([one.text for one in pool], explain=False)
        order = {
            "chance": list(range(POOL)),
            "selected": select(readings, max(PICKED)),
            "unsure": select(readings, max(PICKED), balance=1.0),
        }
        for size in PICKED:
            for way, places in order.items():
                made = adapting.adapt([pool[place] for place in places[:size]], setting.start, "x").model
                found.setdefault((size, way), []).append(score(made, setting.test))
    for size in PICKED:
        lines.append(
            f"| {size} | " + " | ".join(shown(found[size, way]) for way in ("chance", "selected", "unsure")) + " |"
        )
        print(lines[-1], flush=True)
    return lines


def main() -> None:
    """Measure and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "benchmarks" / "ADAPTATION.md")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    real = read_examples(options.shared / "labels" / "real_train.jsonl")
    corpus = read_examples(ROOT / "data" / "corpus" / "train.jsonl")
    pool, test = split(real, HELD_OUT)
    written = Setting("start: the written corpus; own: public messages", classifier.train(corpus, "start"), pool, test)
    lines = [
        "# Own labels: alone, or added to a model\n",
        "Macro-F1 temperament / state, mean ± standard deviation over "
        f"{DRAWS} draws (`python benchmarks/adaptation.py`). Labels are drawn from real_train, which the model that stands "
        "in for the shipped one has not seen; real_dev is not read. Alone, labels with fewer than "
        f"{2 * LEAST} messages are left out, since five folds cannot be made of fewer.",
        *measure(written),
    ]
    options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines += picking(written)
    options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
