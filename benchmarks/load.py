"""Load of the service on loopback, measured with wrk: requests a second, and how long they take.

    apt-get install wrk
    python benchmarks/load.py                # writes benchmarks/LOAD.md

Every request reads another message of the project's own test corpus. Server and load tool share the machine; the
server's processor time a request says what is left of that on a busy machine.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temperament.server.bodies import Classify

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "data" / "corpus" / "test.jsonl"
CASES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("reading alone", "/v1/classify", {"evidence": False, "advice": False}),
    ("reading, evidence", "/v1/classify", {"evidence": True, "advice": False}),
    ("reading, advice", "/v1/classify", {"evidence": False, "advice": True}),
    ("reading, evidence, advice", "/v1/classify", {"evidence": True, "advice": True}),
    ("checking a reply for an angry customer", "/v1/check", {"state": "angry", "channel": "chat"}),
)
_LUA = """
local bodies = {{}}
for line in io.lines("{bodies}") do bodies[#bodies + 1] = line end
local place = math.random(#bodies)
function init(args) math.randomseed(os.time()) end
function request()
  place = place % #bodies + 1
  return wrk.format("POST", "{path}", {{["content-type"] = "application/json"}}, bodies[place])
end
function done(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d %d %d %d\\n", summary.requests, summary.duration,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99), latency.max))
end
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: requests a second, errors, latencies in milliseconds, the server's processor time a request in ms."""

    rate: float
    errors: int
    p50: float
    p95: float
    p99: float
    slowest: float
    processor: float


def start(workers: int, model: str) -> tuple[subprocess.Popen[bytes], str]:
    """Start a server on a free port and return it with its address."""
    log = Path(tempfile.mkdtemp()) / "server.log"
    options = ["--port", "0", "--rate", "0", "--workers", str(workers), "--model", model]
    command = [sys.executable, "-m", "temperament", "serve", *options]
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(command, stderr=file, stdout=file, env=os.environ | {"OMP_NUM_THREADS": "1"})
    for _ in range(600):
        found = re.search(r"(http://[\d.]+:\d+)", log.read_text(encoding="utf-8"))
        if found:
            return process, found[1]
        time.sleep(0.1)
    raise SystemExit(log.read_text(encoding="utf-8"))


def processor_seconds(identifier: int) -> float:
    """Return the processor time of a process and its children so far."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(identifier)], capture_output=True, text=True, check=False
    )
    total = 0.0
    for one in [str(identifier), *listed.stdout.split()]:
        try:
            fields = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def measure(address: str, server: int, path: str, bodies: list[str], seconds: int, connections: int) -> Measured:
    """Run wrk once."""
    with tempfile.TemporaryDirectory() as folder:
        lines, script = Path(folder) / "bodies.jsonl", Path(folder) / "load.lua"
        lines.write_text("\n".join(bodies) + "\n", encoding="utf-8")
        script.write_text(_LUA.format(bodies=lines, path=path), encoding="utf-8")
        before = processor_seconds(server)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script), address]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        used = processor_seconds(server) - before
    line = re.search(r"^RESULT (.*)$", said, re.MULTILINE)
    if line is None:
        raise SystemExit(said)
    requests, duration, errors, *times = (int(one) for one in line[1].split())
    p50, p95, p99, slowest = (one / 1000 for one in times)
    return Measured(requests / duration * 1e6, errors, p50, p95, p99, slowest, used / max(requests, 1) * 1000)


def named(name: str, path: str, wanted: dict[str, Any]) -> str:
    """Return the name of a case, saying so where it is what ``/v1/classify`` does for a text and nothing else."""
    plain = Classify(text="")
    default = path == "/v1/classify" and all(getattr(plain, field) is value for field, value in wanted.items())
    return f"{name} (default)" if default else name


def table(rows: list[tuple[str, int, Measured]]) -> str:
    """Return the results as a Markdown table."""
    heads = "| request | connections | requests/s | p50 ms | p95 ms | p99 ms | slowest ms | errors | processor ms a request |"
    lines = [heads, "|---|---:|---:|---:|---:|---:|---:|---:|---:|"]
    for name, connections, one in rows:
        times = f"{one.p50:.1f} | {one.p95:.1f} | {one.p99:.1f} | {one.slowest:.0f}"
        lines.append(f"| {name} | {connections} | {one.rate:,.0f} | {times} | {one.errors} | {one.processor:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure every case and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16])
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--model", default="default")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "benchmarks" / "LOAD.md")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed: apt-get install wrk")
    texts = [json.loads(line)["text"] for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    process, address = start(options.workers, options.model)
    load = os.getloadavg()[0]
    rows = []
    try:
        for name, path, wanted in CASES:
            key = "reply" if path.endswith("check") else "text"
            bodies = [json.dumps({key: text} | wanted, ensure_ascii=False) for text in texts]
            for connections in options.connections:
                measure(address, process.pid, path, bodies, 2, connections)
                rows.append(
                    (
                        named(name, path, wanted),
                        connections,
                        measure(address, process.pid, path, bodies, options.seconds, connections),
                    )
                )
                print(rows[-1], flush=True)
        urllib.request.urlopen(f"{address}/healthz", timeout=10).close()
    finally:
        process.terminate()
        process.wait(60)
    options.output.write_text(_report(options, len(texts), load, table(rows)), encoding="utf-8")


def _report(options: argparse.Namespace, texts: int, load: float, rows: str) -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        "unknown",
    )
    return f"""# Load of the service

`python benchmarks/load.py --workers {options.workers} --model {options.model}`: wrk on the same machine over loopback,
{options.seconds} s each after 2 s of warming up, {texts} different messages of `data/corpus/test.jsonl`, one after the other.
{os.cpu_count()} cores ({model}), shared by server and load tool; load average of other work when it began: {load:.1f}.
The last column is the processor time of all server processes divided by the requests: other work moves it less than the rest.

{rows}
"""


if __name__ == "__main__":
    main()
