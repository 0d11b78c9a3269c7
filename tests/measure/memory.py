"""Run few and many pages and compare how much memory all processes of the run hold at most.

Pages are made up, short and all different, so that many of them can be run. What is summed is the resident memory of the
command and all its children, ten times a second; the peak for many pages must not pass that for few by more than
a fifth. `python -m tests.measure.memory --few 5000 --many 50000 --folder /tmp/memory`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import psutil

from flows.bench import made_pages

EVERY_SECONDS = 0.1
PARAGRAPHS = 1
LIMIT = 1.2


@dataclass(frozen=True)
class Peak:
    """The most that a run held: all processes together, and its command alone, in MB."""

    whole: float
    command: float
    at_share: float
    """When in the run the whole peak was, 0..1."""
    seconds: float


def write_pages(path: Path, count: int) -> None:
    """Write made pages as JSONL."""
    with path.open("w", encoding="utf-8") as stream:
        for page in islice(made_pages(paragraphs=PARAGRAPHS), count):
            stream.write(json.dumps({"url": page.url, "html": page.body.decode()}) + "\n")


def resident(process: psutil.Process) -> float:
    """Return the resident memory of a process in MB; 0 if it is gone."""
    try:
        return float(process.memory_info().rss) / 1e6
    except psutil.Error:
        return 0.0


def samples(command: subprocess.Popen[bytes]) -> Iterator[tuple[float, float, float]]:
    """Yield (seconds, MB of all processes, MB of the command) until it ends."""
    parent, began = psutil.Process(command.pid), time.monotonic()
    while command.poll() is None:
        try:
            children = parent.children(recursive=True)
        except psutil.Error:
            children = []
        own = resident(parent)
        yield time.monotonic() - began, own + sum(map(resident, children)), own
        time.sleep(EVERY_SECONDS)


def run(pages: Path, warehouse: Path, *, workers: int) -> Peak:
    """Run `quality run` and return its peak."""
    arguments = ["run", str(pages), "--warehouse", str(warehouse), "--workers", str(workers)]
    with subprocess.Popen([sys.executable, "-m", "quality", *arguments], stdout=subprocess.DEVNULL) as command:
        taken = list(samples(command))
    if command.returncode:
        raise SystemExit(f"quality run ended with {command.returncode}")
    seconds = taken[-1][0]
    at, whole, _ = max(taken, key=lambda sample: sample[1])
    return Peak(whole, max(own for *_, own in taken), at / seconds, seconds)


def main() -> int:
    """Measure and print; 1 if memory grows with the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=5_000)
    parser.add_argument("--many", type=int, default=50_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    peaks = []
    for count in (options.few, options.many):
        pages = options.folder / f"{count}.jsonl"
        write_pages(pages, count)
        peak = run(pages, options.folder / f"{count}.duckdb", workers=options.workers)
        peaks.append(peak)
        sys.stdout.write(
            f"{count:>7,} pages: {peak.whole:,.0f} MB at most, at {100 * peak.at_share:.0f} % of {peak.seconds:,.0f} s; "
            f"the command alone {peak.command:,.0f} MB\n"
        )
        sys.stdout.flush()
    ratio = peaks[1].whole / peaks[0].whole
    sys.stdout.write(f"ratio {ratio:.2f}, at most {LIMIT}\n")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
