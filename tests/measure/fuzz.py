"""Assess mutated pages of an archive and name every page of which something does not hold.

`python -m tests.measure.fuzz --pages 20000 pages.warc.gz`; with `--folder` the pages at fault are kept. Every fifth page
is assessed twice, and a sample once more in a process with another hash seed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from flows.inputs import find_inputs
from flows.readers import read_pages
from quality.pipeline import assess_page
from quality.policy import default_policy
from quality.records import RawPage
from tests.fuzz import mutated, second_answers, violations

POLICY = default_policy()
SAMPLE = 60
TWICE = 5
SAID_EVERY = 500
SLOW_SECONDS = 2.0


def read(paths: Sequence[str], *, max_bytes: int) -> list[RawPage]:
    """Return the pages of files that are no larger than `max_bytes`."""
    files = find_inputs(paths).files
    pages = (page for file in files for page in read_pages(file, max_bytes=POLICY.limits.max_bytes))
    return [page for page in pages if isinstance(page, RawPage) and len(page.body) <= max_bytes]


def digest(page: RawPage) -> str:
    """Return a digest of all that an assessment says."""
    return hashlib.sha256(repr(assess_page(page, policy=POLICY)).encode("utf-8", "surrogatepass")).hexdigest()


def sample(options: argparse.Namespace) -> list[str]:
    """Return the digests of a sample of the mutated pages."""
    pages = read(options.inputs, max_bytes=options.max_bytes)
    numbers = range(options.first, options.first + options.pages, max(1, options.pages // SAMPLE))
    return [digest(mutated(pages, n, seed=options.seed, max_bytes=2 * options.max_bytes)) for n in numbers]


def elsewhere(arguments: Sequence[str]) -> list[str]:
    """Return the same from another process with another hash seed."""
    command = [sys.executable, "-m", "tests.measure.fuzz", "--digests", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Measure and print; 1 if something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutated page")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--max-bytes", type=int, default=100_000, help="largest page that is mutated; it may double")
    parser.add_argument("--folder", type=Path, help="keeps the pages at fault")
    parser.add_argument("--digests", action="store_true", help="print the digests of the sample only")
    options = parser.parse_args()
    if options.digests:
        say("\n".join(sample(options)))
        return 0
    pages = read(options.inputs, max_bytes=options.max_bytes)
    say(f"{len(pages)} pages to mutate")
    faults: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    began = time.process_time()
    for number in range(options.first, options.first + options.pages):
        page = mutated(pages, number, seed=options.seed, max_bytes=2 * options.max_bytes)
        at = time.process_time()
        assessment = assess_page(page, policy=POLICY)
        seconds = time.process_time() - at
        outcomes[assessment.failure.stage if assessment.failure else assessment.verdict] += 1
        found = violations(page, assessment, POLICY)
        if number % TWICE == 0:
            found += second_answers(page, assessment, POLICY)
        if seconds > SLOW_SECONDS:
            found.append(f"slow: {seconds:.1f} s for {len(page.body):,} bytes")
        for fault in found:
            faults[fault.split(":")[0]] += 1
            say(f"page {number}: {fault}"[:500])
        if found and options.folder:
            options.folder.mkdir(parents=True, exist_ok=True)
            (options.folder / f"{options.seed}-{number}.page").write_bytes(page.body)
        if (number + 1) % SAID_EVERY == 0:
            say(f"{number + 1 - options.first} pages, {time.process_time() - began:.0f} s CPU, {dict(outcomes)}")
    arguments = [*options.inputs, "--pages", options.pages, "--first", options.first, "--seed", options.seed]
    arguments += ["--max-bytes", options.max_bytes]
    if sample(options) != elsewhere(list(map(str, arguments))):
        faults["another process answers otherwise"] += 1
    say(f"outcomes {dict(outcomes)}")
    say(f"faults {dict(faults)}" if faults else "everything held")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
