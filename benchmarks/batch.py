"""``temperament batch`` on many rows: time and memory, beside a plain pandas script, and kills at random moments.

    python benchmarks/batch.py [--rows 1000000] [--jobs 1 2] [--kills 20] [-o benchmarks/BATCH.md]

The input is a CSV made of ``../shared/unlabelled/reviews.jsonl.gz``, over and over. Memory is the resident size of the
process and its workers together, sampled twenty times a second: RSS counts pages that they share once for each, PSS in
parts that add up to what the machine really gives (Linux; elsewhere it repeats RSS). The kills hit the real command with SIGKILL after a
random time (fixed seed); after every kill it is started again with ``--resume``, and the result must be, byte for byte,
that of a run nobody disturbed.
"""

import argparse
import csv
import gzip
import itertools
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import psutil

import temperament

REVIEWS = Path(__file__).resolve().parents[2] / "shared" / "unlabelled" / "reviews.jsonl.gz"
COMMAND = [sys.executable, "-m", "temperament", "batch", "--lang", "en"]
PAUSE = 0.05
POINTS = 10
SEED = 20261122
PLAIN = """
import sys, pandas, temperament as tm
table = pandas.read_csv(sys.argv[1])
found = tm.classify_many(table["text"].fillna("").tolist(), explain=False)
table["temperament"] = [one.temperament for one in found]
table["state"] = [one.state for one in found]
table["also"] = [";".join(one.also) for one in found]
for head in ("temperament", "state"):
    tables = pandas.DataFrame([getattr(one, head + "_probabilities") for one in found])
    table = table.join(tables.round(4).add_prefix(head + "_probabilities."), rsuffix="." + head)
    table["confidence." + head] = [one.confidence[head] for one in found]
table["reason"] = [one.reason for one in found]
table.to_csv(sys.argv[2], index=False, encoding="utf-8-sig")
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a process took: seconds on the clock and of the processor, and MiB at each sample, as RSS and as PSS."""

    seconds: float
    processor: float
    memory: list[float]
    proportional: list[float]

    @property
    def peak(self) -> float:
        """Return the largest resident size."""
        return max(self.memory)

    def curve(self) -> list[float]:
        """Return the peak of each tenth of the run."""
        size = -(-len(self.memory) // POINTS)
        return [max(self.memory[start : start + size]) for start in range(0, len(self.memory), size)]


def make(path: Path, rows: int) -> None:
    """Write a CSV of that many real reviews, the same ones again and again."""
    with gzip.open(REVIEWS, "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "channel", "text"])
        for number, text in zip(range(rows), itertools.cycle(texts), strict=False):
            writer.writerow([number, "chat", text])


def measure(command: list[str]) -> Run:
    """Run a command to its end and watch it."""
    start, memory, proportional, used = perf_counter(), [], [], 0.0
    process = psutil.Popen(command, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            family = [process, *process.children(recursive=True)]
            held = [one.memory_full_info() for one in family]
            memory.append(sum(one.rss for one in held) / 2**20)
            proportional.append(sum(getattr(one, "pss", one.rss) for one in held) / 2**20)
            used = max(used, sum(sum(one.cpu_times()[:2]) for one in family))
        except psutil.Error:  # a process ended while it was looked at
            pass
        sleep(PAUSE)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Run(perf_counter() - start, used, memory, proportional)


def kill_and_resume(
    source: Path, target: Path, kills: int, longest: float, whole: list[bytes]
) -> Iterator[tuple[float, int]]:
    """Kill the command after random times and start it again; yield the seconds and the rows done before each.

    Every result that became whole on the way is added to ``whole``, and the next one begun.
    """
    chance = random.Random(SEED)
    done = 0
    while done < kills:
        process = subprocess.Popen(
            [*COMMAND, str(source), str(target), "--resume", "--jobs", str(1 + done % 2)], stderr=subprocess.DEVNULL
        )
        moment = chance.uniform(0.2, longest)
        sleep(moment)
        if process.poll() is not None:
            whole.append(target.read_bytes())
            target.unlink()
            continue
        process.send_signal(signal.SIGKILL)
        process.wait()
        done += 1
        yield moment, _counted(target)
    subprocess.run([*COMMAND, str(source), str(target), "--resume"], check=True, stderr=subprocess.DEVNULL)
    whole.append(target.read_bytes())


def _counted(target: Path) -> int:
    checkpoint = target.with_name(target.name + ".part.json")
    return int(json.loads(checkpoint.read_text(encoding="utf-8"))["rows"]) if checkpoint.exists() else 0


def speed_table(folder: Path, rows: int, jobs: list[int]) -> str:
    """Measure runs over all rows and return them as a table."""
    source = folder / "in.csv"
    make(source, rows)
    runs = {
        f"temperament batch --jobs {count}": measure(
            [*COMMAND, str(source), str(folder / f"out{count}.csv"), "--jobs", str(count)]
        )
        for count in jobs
    }
    runs["pandas + classify_many"] = measure([sys.executable, "-c", PLAIN, str(source), str(folder / "plain.csv")])
    lines = [
        "| run | rows | seconds | CPU seconds | rows/s | rows per CPU second | peak MiB, RSS | peak MiB, PSS |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {name} | {rows:,} | {run.seconds:,.0f} | {run.processor:,.0f} | {rows / run.seconds:,.0f} "
        f"| {rows / run.processor:,.0f} | {run.peak:,.0f} | {max(run.proportional):,.0f} |"
        for name, run in runs.items()
    ]
    lines += [
        "",
        "Peak memory (MiB) in each tenth of the run:",
        "",
        "| run |" + " |" * POINTS,
        "|---|" + "--:|" * POINTS,
    ]
    lines += [f"| {name} | " + " | ".join(f"{one:,.0f}" for one in run.curve()) + " |" for name, run in runs.items()]
    return "\n".join(lines)


def kill_table(folder: Path, rows: int, kills: int) -> str:
    """Kill a run again and again and return what came of it."""
    source, calm, disturbed = folder / "kill.csv", folder / "calm.csv", folder / "disturbed.csv"
    make(source, rows)
    start = perf_counter()
    subprocess.run([*COMMAND, str(source), str(calm)], check=True, stderr=subprocess.DEVNULL)
    longest = (perf_counter() - start) / 2
    whole: list[bytes] = []
    moments = list(kill_and_resume(source, disturbed, kills, longest, whole))
    same = all(calm.read_bytes() == one for one in whole)
    left = sorted(path.name for path in folder.glob("disturbed*") if path != disturbed)
    places = ", ".join(f"{moment:.1f} s ({count:,} rows)" for moment, count in moments)
    return (
        f"{len(moments)} kills of a run over {rows:,} rows, one or two processes by turns. Results that became whole: "
        f"{len(whole)}; all equal byte for byte to the undisturbed one: **{'yes' if same else 'NO'}**; files left beside "
        f"it: {', '.join(left) or 'none'}.\n\n"
        f"Time of each kill after its start (rows in the checkpoint then): {places}."
    )


def page(rows: int, jobs: list[int], kills: int) -> str:
    """Return the whole page."""
    parts: list[Callable[[Path], str]] = [
        lambda folder: speed_table(folder, rows, jobs),
        lambda folder: kill_table(folder, max(rows // 4, 20_000), kills),
    ]
    with tempfile.TemporaryDirectory() as name:
        speed, killed = (part(Path(name)) for part in parts)
    load = os.getloadavg()[0]
    return f"""# temperament batch: time, memory, kills

Made by `python benchmarks/batch.py`. temperament {temperament.__version__}, Python {platform.python_version()},
{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB; load average at the end {load:.1f} (other work on the
machine lengthens the seconds, not the CPU seconds).

## {rows:,} rows, CSV to CSV, all columns and probabilities

{speed}

## Kill and resume

{killed}
"""


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("-o", "--output", type=Path)
    asked = parser.parse_args()
    text = page(asked.rows, asked.jobs, asked.kills)
    if asked.output:
        asked.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
