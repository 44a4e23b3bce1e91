"""What a million messages cost on Spark, how that grows with cores, and what ten billion would cost.

    python benchmarks/cluster.py [--rows 200000] [--cores 1 2] [-o docs/SIZING.md]

Real reviews, over and over, in a Parquet file of 16 parts; a local Spark reads them with 1, 2 … cores and throws the
result away (``noop``), after a warm-up that starts Python and loads the model. Processor seconds are those of Spark's
Python workers and of the JVM together. Needs the extra ``[spark]``.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil

PARTS = 16
MILLION = 1_000_000
BILLIONS = 10_000_000_000
JOB = """
import json, os, sys, time
import psutil
from pyspark.sql import SparkSession
from temperament.spark import read_column
source, cores = sys.argv[1], sys.argv[2]
session = (SparkSession.builder.master(f"local[{cores}]").config("spark.ui.enabled", "false")
    .config("spark.driver.memory", "2g").config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1").config("spark.sql.files.openCostInBytes", "0")
    .config("spark.sql.files.maxPartitionBytes", "1m").getOrCreate())
def processor():
    family = psutil.Process().children(recursive=True)
    return sum(sum(one.cpu_times()[:2]) for one in family)
table = session.read.parquet(source)
def read(table):
    table.select("id", read_column("text").alias("r")).write.format("noop").mode("overwrite").save()
read(table.limit(2000))
used, start = processor(), time.perf_counter()
read(table)
seconds, used = time.perf_counter() - start, processor() - used
sizes = [one.memory_info().rss for one in psutil.Process().children(recursive=True) if "java" not in one.name()]
print(json.dumps({"rows": table.count(), "seconds": seconds, "processor": used, "worker": max(sizes) / 2**20}))
session.stop()
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster one can rent: nodes with vCPUs, price of a node and hour in US dollars, and what it is."""

    name: str
    nodes: int
    cores: int
    price: float
    note: str


CLUSTER = Cluster(
    "Amazon EMR, 20 × m5.4xlarge",
    20,
    16,
    0.768 + 0.192,
    "16 vCPU and 64 GiB a node; assumed prices (on demand, us-east-1, not looked up for this page): 0.768 $ for the "
    "machine and 0.192 $ for EMR, a node and hour",
)
EFFICIENCY = 0.8
"""The share of its cores that a large job keeps busy: stragglers, reading, writing, starting."""


def make(folder: Path, rows: int) -> None:
    """Write the input as Parquet in 16 parts."""
    from batch import make as make_csv

    make_csv(folder / "in.csv", rows)
    import pandas

    table = pandas.read_csv(folder / "in.csv", keep_default_na=False)
    for part in range(PARTS):
        (folder / "in").mkdir(exist_ok=True)
        table.iloc[part::PARTS].to_parquet(folder / "in" / f"{part}.parquet")


def measure(folder: Path, cores: int) -> dict[str, float]:
    """Run the job on that many cores."""
    done = subprocess.run(
        [sys.executable, "-c", JOB, str(folder / "in"), str(cores)],
        env=os.environ | {"PYSPARK_PYTHON": sys.executable, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def page(runs: dict[int, dict[str, float]]) -> str:
    """Return the page."""
    lines = [
        f"| {cores} | {run['rows']:,.0f} | {run['seconds']:,.0f} | {run['rows'] / run['seconds']:,.0f} "
        f"| {run['processor'] / run['rows'] * MILLION:,.0f} | {run['worker']:,.0f} |"
        for cores, run in runs.items()
    ]
    cost = max(run["processor"] / run["rows"] for run in runs.values())
    hours = BILLIONS * cost / 3600
    wall = hours / (CLUSTER.nodes * CLUSTER.cores * EFFICIENCY)
    return TEMPLATE.format(
        python=platform.python_version(),
        machine=f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB",
        load=os.getloadavg()[0],
        table="\n".join(lines),
        cost=cost * MILLION,
        hours=hours,
        cluster=CLUSTER,
        total=CLUSTER.nodes * CLUSTER.cores,
        efficiency=EFFICIENCY,
        wall=wall,
        dollars=wall * CLUSTER.nodes * CLUSTER.price,
        million=wall * CLUSTER.nodes * CLUSTER.price / BILLIONS * MILLION,
    )


TEMPLATE = """# Sizing: from one laptop to ten billion messages

Made by `python benchmarks/cluster.py -o docs/SIZING.md`; the numbers of the first table are measured, those of the second
are computed from them. Messages are real reviews of 80 characters on average. The `temperament batch` of one machine, its
memory and its kills are in [benchmarks/BATCH.md](../benchmarks/BATCH.md).

## Measured: Apache Spark on this machine

Python {python}, {machine}, load average {load:.1f} (other work on the machine lengthens the seconds, and the processor
seconds too where cores are shared).

| cores | messages | seconds | messages/s | processor seconds a million | MiB a Python worker |
|--:|--:|--:|--:|--:|--:|
{table}

Every message is read by itself: there is no shuffle and nothing is shared but the model, which goes to each node once and
is loaded once by each Python worker process. So cost is processor time, and time is cost divided by cores, until reading
or writing the storage becomes the limit.

## Computed: ten billion messages

| | |
|---|--:|
| processor time a million messages (the dearest run above) | {cost:,.0f} s |
| ten billion messages | {hours:,.0f} core hours |
| cluster | {cluster.name}: {total} cores |
| cores kept busy (assumed) | {efficiency:.0%} |
| **time** | **{wall:,.1f} h** |
| **price** | **{dollars:,.0f} $** ({million:.4f} $ a million) |

Assumptions: {cluster.note}; check them before planning. A vCPU of the cluster does as much as a core of the machine
above. Storage in the same region keeps up.

For another cluster: hours = messages / 1,000,000 × {cost:,.0f} s / 3,600 / (cores × {efficiency}).

## Which way for how many

| messages | way | |
|---|---|---|
| up to thousands | `tm.classify_many` | in your program |
| up to some 100 million | `temperament batch --jobs N` | one machine, flat memory, `--resume` after a kill |
| more, or already on a cluster | `spark-submit deploy/spark/classify.py` | or `temperament.spark.read_column` in your own job |

`temperament batch` cuts and writes the file in one process and reads messages in the others; beyond about three of them the
one process is the limit. For more cores on one machine cut the file, or use Spark with `local[*]`.

Settings that matter on Spark: `spark.executor.cores` = cores of the node, one Python worker a core at the memory above;
`spark.sql.execution.arrow.maxRecordsPerBatch` 10,000 (Spark's default) is good; `OMP_NUM_THREADS=1` on the executors, so
that numpy does not start threads beside Spark's; long CSV files are read by one core when they have line breaks in cells
(`multiLine`), so turn them into Parquet or many files first.
"""


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("-o", "--output", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), asked.rows)
        text = page({cores: measure(Path(name), cores) for cores in asked.cores})
    if asked.output:
        asked.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
