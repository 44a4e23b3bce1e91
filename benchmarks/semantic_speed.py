"""Speed, start, size and memory of the models, each measured in processes of its own.

    python benchmarks/semantic_speed.py [--models default semantic] [--file FILE] [-o benchmarks/SEMANTIC_SPEED.md]

1,000 messages of ``--file`` (real training messages where they are there, else the corpus), drawn with a fixed seed.
Throughput is the best of three runs over all of them without evidence; latency is that of one message at a time, with
and without evidence, over 200 of them; a cold start is a whole ``temperament classify`` from nothing to its answer,
median of five; peak memory is the largest resident size of the process that measured throughput.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from quality import MODELS, REAL_TRAIN, TRAIN, publish, there

from temperament.datasets import read_texts
from temperament.errors import ModelError
from temperament.model import find
from temperament.reader import Classifier

MESSAGES, SINGLE, RUNS, STARTS = 1000, 200, 3, 5
COLUMNS = (
    "model",
    "messages/s",
    "one message: p50",
    "p95",
    "with evidence: p50",
    "p95",
    "cold start",
    "on disk",
    "peak memory",
)


@dataclass(frozen=True, slots=True)
class Speed:
    """What one process measured: messages a second, latencies in milliseconds (p50, p95), peak memory in MiB."""

    per_second: float
    plain: tuple[float, float]
    explained: tuple[float, float]
    peak: float


def drawn(path: Path) -> list[str]:
    """Return up to 1,000 messages of a file, the same ones every time."""
    texts = read_texts(path)
    return random.Random(0).sample(texts, min(MESSAGES, len(texts)))


def measure(name: str, path: Path) -> Speed:
    """Measure one model in this process."""
    texts = drawn(path)
    classifier = Classifier.load(name)
    classifier.classify_many(texts[:SINGLE], explain=False)
    fastest = min(seconds(classifier, texts, explain=False) for _ in range(RUNS))
    peak = _peak_memory()
    plain, explained = (
        [1000 * seconds(classifier, [text], explain=explain) for text in texts[:SINGLE]] for explain in (False, True)
    )
    return Speed(len(texts) / fastest, _percentiles(plain), _percentiles(explained), peak)


def seconds(classifier: Classifier, texts: list[str], *, explain: bool) -> float:
    """Return how long reading some messages takes."""
    start = perf_counter()
    classifier.classify_many(texts, explain=explain)
    return perf_counter() - start


def _percentiles(times: Sequence[float]) -> tuple[float, float]:
    middle, late = np.percentile(times, [50, 95])
    return float(middle), float(late)


def _peak_memory() -> float:
    """Return the peak resident size of this process in MiB (Linux counts it in KiB, macOS in bytes)."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def measured_apart(name: str, path: Path) -> Speed:
    """Measure one model in a process of its own."""
    command = [sys.executable, __file__, "--models", name, "--file", str(path), "--inside"]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    facts = json.loads(done.stdout)
    return Speed(**facts | {key: tuple(facts[key]) for key in ("plain", "explained")})


def cold_start(name: str) -> float:
    """Return the median seconds of a whole process that reads one message and answers."""
    command = [
        sys.executable,
        "-m",
        "temperament",
        "classify",
        "--format",
        "json",
        "--model",
        name,
        "说好三天到，第九天了！",
    ]
    times = []
    for _ in range(STARTS):
        start = perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        times.append(perf_counter() - start)
    return statistics.median(times)


def row(name: str, path: Path) -> str:
    """Return the measures of one model as a line of the table, or a line that says why there are none."""
    try:
        Classifier.load(name)
    except ModelError as error:
        return f"| {name} | left out: {error.en} |" + " |" * (len(COLUMNS) - 2)
    speed = measured_apart(name, path)
    size = sum(one.stat().st_size for one in find(name).iterdir()) / 1e6
    cells = [
        name,
        f"{speed.per_second:,.0f}",
        *(f"{value:.1f} ms" for value in (*speed.plain, *speed.explained)),
        f"{cold_start(name):.2f} s",
        f"{size:.1f} MB",
        f"{speed.peak:.0f} MiB",
    ]
    return f"| {' | '.join(cells)} |"


def table(names: Sequence[str], path: Path) -> str:
    """Return the measures of every model as Markdown."""
    texts = drawn(path)
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    what = f"{len(texts):,} messages of {path.name}, median {statistics.median(map(len, texts)):.0f} characters; {machine}."
    head = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    lines = ["# Speed of the models\n", what + "\n", *head, *(row(name, path) for name in names)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the table, and write it where ``-o`` says; ``--inside`` prints one model's measures as JSON instead."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--file", type=Path, default=there((REAL_TRAIN, *TRAIN))[0])
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    if options.inside:
        sys.stdout.write(json.dumps(asdict(measure(options.models[0], options.file))))
    else:
        publish(table(options.models, options.file), options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
