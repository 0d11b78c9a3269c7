"""Run the hostile pages through the local engine and print the most that one of its processes held.

`python -m tests.measure.hostile_memory --seconds 6`. Resident memory, sampled five times a second; a worker may hold
1,000 MB.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import sys
import tempfile
import threading

import psutil

from flows.engine.chunks import Job, chunked
from flows.engine.local import run_local
from quality.policy import default_policy
from quality.records import RawPage
from tests import hostile

EVERY_SECONDS = 0.2


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="limit of a page")
    options = parser.parse_args()
    pages = [
        RawPage(body=make(), url=f"https://hostile.example/{name}", content_type="text/html")
        for name, make in hostile.PAGES.items()
    ]
    policy = default_policy()
    limits = dataclasses.replace(policy.limits, seconds=options.seconds)
    peak = 0
    done = threading.Event()

    def sample() -> None:
        nonlocal peak
        while not done.wait(EVERY_SECONDS):
            for child in psutil.Process().children(recursive=True):
                try:
                    peak = max(peak, child.memory_info().rss)
                except psutil.Error:
                    continue

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            job = Job("run", folder, dataclasses.replace(policy, limits=limits), dt.datetime.now(dt.UTC))
            parts = sum(1 for _ in run_local(iter(list(chunked(pages))), job, workers=2))
    finally:
        done.set()
        thread.join()
    sys.stdout.write(f"{len(pages)} pages in {parts} parts; at most {peak / 1e6:,.0f} MB in one process\n")


if __name__ == "__main__":
    main()
