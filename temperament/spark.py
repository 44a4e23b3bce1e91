"""The same readings on Apache Spark: a column function over Arrow batches, and a job for ``spark-submit``.

    from temperament.spark import read_column, with_readings
    df = df.withColumn("reading", read_column("text"))     # a struct: reading.state, reading.state_probabilities.angry …
    df = with_readings(df, "text")                          # the same as columns of their own

    spark-submit deploy/spark/classify.py IN OUT --text-column content
    python -m temperament.spark IN OUT                      # without a cluster: all cores of this machine

Needs the extra ``[spark]`` (pyspark, pandas and pyarrow, here and on the nodes) and Java 17 or later. The model is
broadcast: it goes to every node once, and every Python worker process loads it once.
"""

import argparse
import hashlib
import io
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from temperament.errors import InputError, TemperamentError
from temperament.labels import FEELINGS, HEADS, STATES, TEMPERAMENTS, Reading
from temperament.language import default_language

if TYPE_CHECKING:
    import pandas

    from temperament.reader import Classifier

_TABLES: dict[str, tuple[str, ...]] = {
    "temperament_probabilities": TEMPERAMENTS,
    "state_probabilities": STATES,
    "present_probabilities": FEELINGS,
    "confidence": HEADS,
}
_NAMES = ("temperament", "state", "also", *_TABLES, "reason", "model")
_CHUNK = 2000
_FORMATS = {".csv": "csv", ".tsv": "csv", ".jsonl": "json", ".ndjson": "json", ".json": "json", ".parquet": "parquet"}


def schema() -> str:
    """Return the type of a reading as Spark writes types: ``classify --format json`` without ``text`` and ``evidence``."""
    types = dict.fromkeys(_NAMES, "string") | {"also": "array<string>"}
    for name, labels in _TABLES.items():
        inner = "string" if name == "confidence" else "double"
        types[name] = f"struct<{', '.join(f'{label}: {inner}' for label in labels)}>"
    return ", ".join(f"{name} {types[name]}" for name in _NAMES)


def read_column(text: Any, model: str = "default") -> Any:
    """Return a column of readings (a struct, see ``schema``) for a column of messages or its name.

    A null counts as an empty message: ``unclear`` and ``calm`` with the reason ``empty``. ``model`` is a shipped model
    or an own model folder on the driver. There must be a Spark session. Raises ``InputError`` without the extra
    ``[spark]``, ``ModelError`` when there is no such model.
    """
    functions = _functions()
    import pandas

    shared = _share(model)

    def read(batches: Iterator[pandas.Series]) -> Iterator[pandas.DataFrame]:
        for batch in batches:
            yield _read(shared, batch)

    return functions.pandas_udf(read, schema())(text)


def with_readings(table: Any, text: str, model: str = "default", *, flat: bool = False) -> Any:
    """Return a table with the parts of the reading behind its columns.

    A name that is taken gets a number, and ``flat`` lays nested parts flat, as in ``temperament batch``.
    """
    from temperament.batch.columns import renamed

    functions = _functions()
    (aside,) = renamed(["_reading"], table.columns).values()
    parts = [part for name in _NAMES for part in _parts(name, flat=flat)]
    free = renamed(parts, table.columns)
    read = table.withColumn(aside, read_column(functions.col(f"`{text}`"), model))
    ours = []
    for part in parts:
        value = functions.col(f"`{aside}`.{part}")
        ours.append((functions.concat_ws(";", value) if flat and part == "also" else value).alias(free[part]))
    return read.select(*[functions.col(f"`{name}`") for name in table.columns], *ours)


def _parts(name: str, *, flat: bool) -> list[str]:
    return [f"{name}.{label}" for label in _TABLES[name]] if flat and name in _TABLES else [name]


def _functions() -> Any:
    """Return Spark's functions, or say what to install."""
    try:
        import pyarrow  # noqa: F401
        import pyspark.sql.functions
    except ImportError as error:
        raise InputError(
            f"在 Spark 上读数缺少 {error.name}。请运行：pip install 'temperament[spark]'（另需 Java 17 以上）。",
            f"Reading on Spark needs {error.name}. Run: pip install 'temperament[spark]' (and Java 17 or later).",
        ) from error
    return pyspark.sql.functions


@dataclass(frozen=True, slots=True)
class _Shared:
    """A broadcast model folder, told from others by the hash of its bytes."""

    digest: str
    packed: Any = field(compare=False)


def _share(name: str) -> _Shared:
    """Broadcast the files of a model folder."""
    from pyspark.sql import SparkSession

    from temperament.model import find
    from temperament.reader import Classifier

    Classifier.load(name)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for path in sorted(find(name).iterdir()):
            packed.write(path, path.name)
    session = SparkSession.builder.getOrCreate()
    return _Shared(hashlib.sha256(buffer.getvalue()).hexdigest(), session.sparkContext.broadcast(buffer.getvalue()))


@lru_cache(maxsize=2)
def _classifier(shared: _Shared) -> "Classifier":
    """Load a broadcast model; once in a worker process."""
    from temperament.reader import Classifier

    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(io.BytesIO(shared.packed.value)) as packed:
            packed.extractall(folder)
        return Classifier.load(folder)


def _read(shared: _Shared, batch: "pandas.Series[Any]") -> "pandas.DataFrame":
    """Read one Arrow batch."""
    import pandas

    classifier = _classifier(shared)
    texts = ["" if text is None or text != text else str(text) for text in batch]
    readings: list[Reading] = []
    for start in range(0, len(texts), _CHUNK):
        readings += classifier.classify_many(texts[start : start + _CHUNK], explain=False)
    return pandas.DataFrame({name: _column(name, readings) for name in _NAMES})


def _column(name: str, readings: Sequence[Reading]) -> list[Any]:
    values = [getattr(one, name) for one in readings]
    if name == "also":
        return [list(value) for value in values]
    return [{label: value[label] for label in _TABLES[name]} for value in values] if name in _TABLES else values


def _parser() -> argparse.ArgumentParser:
    english = default_language() == "en"
    texts = {
        "about": ("在 Spark 上成批读消息。", "Read messages in bulk on Spark."),
        "source": (
            "输入：文件、文件夹或 hdfs://、s3a:// 等路径。",
            "Input: a file, a folder, or hdfs://, s3a:// and the like.",
        ),
        "target": ("输出文件夹。", "The folder to write."),
        "column": ("消息所在的列（默认：常见列名）。", "The column of messages (default: a usual name)."),
        "model": ("模型名或模型文件夹。", "A model or a model folder."),
        "kind": ("格式（默认看名字，否则 parquet）。", "Format (default: by the name, else parquet)."),
        "encoding": ("CSV 输入的编码，如 GB18030。", "Encoding of CSV input, such as GB18030."),
        "overwrite": ("输出已有则替换。", "Replace the output where it exists."),
        "partitions": ("先分成多少份（默认：按输入）。", "Cut into how many parts first (default: as the input is)."),
    }
    tell = {key: pair[english] for key, pair in texts.items()}
    parser = argparse.ArgumentParser(prog="temperament.spark", description=tell["about"])
    parser.add_argument("source", metavar="IN", help=tell["source"])
    parser.add_argument("target", metavar="OUT", help=tell["target"])
    parser.add_argument("--text-column", help=tell["column"])
    parser.add_argument("--model", default="default", help=tell["model"])
    parser.add_argument("--from", dest="reading", choices=("csv", "json", "parquet"), help=tell["kind"])
    parser.add_argument("--to", dest="writing", choices=("csv", "json", "parquet"), help=tell["kind"])
    parser.add_argument("--encoding", default="UTF-8", help=tell["encoding"])
    parser.add_argument("--overwrite", action="store_true", help=tell["overwrite"])
    parser.add_argument("--partitions", type=int, help=tell["partitions"])
    return parser


def _kind(path: str) -> str:
    return _FORMATS.get(Path(path.removesuffix(".gz")).suffix.lower(), "parquet")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the job; leaves with an exit code and a message when something is wrong."""
    if "SPARK_ENV_LOADED" not in os.environ:  # spark-submit's mark: without it the workers shall run this Python
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        _run(asked)
    except TemperamentError as error:
        parser.exit(error.exit_code, error.message(default_language()) + "\n")


def _run(asked: argparse.Namespace) -> None:
    from temperament.datasets import text_column

    _functions()
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    session = SparkSession.builder.appName("temperament").getOrCreate()
    session.conf.set("spark.sql.legacy.javaCharsets", "true")  # Spark 4 reads GB18030 and Big5 only so
    options = {
        "header": True,
        "multiLine": True,
        "escape": '"',
        "encoding": asked.encoding,
        "sep": _separator(asked.source),
    }
    reading, writing = asked.reading or _kind(asked.source), asked.writing or _kind(asked.target)
    try:
        table = session.read.format(reading).options(**options if reading == "csv" else {}).load(asked.source)
        column = text_column(table.columns, asked.source, asked.text_column)
        if asked.partitions:
            table = table.repartition(asked.partitions)
        read = with_readings(table, column, asked.model, flat=writing == "csv")
        mode = "overwrite" if asked.overwrite else "errorifexists"
        read.write.format(writing).mode(mode).options(
            **{"header": True, "escape": '"', "sep": _separator(asked.target)} if writing == "csv" else {}
        ).save(asked.target)
    except PySparkException as error:
        why = str(error).splitlines()[0]
        raise InputError(f"Spark：{why}", f"Spark: {why}") from error


def _separator(path: str) -> str:
    return "\t" if path.lower().removesuffix(".gz").endswith(".tsv") else ","


if __name__ == "__main__":
    main()
