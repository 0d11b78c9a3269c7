"""Kill scheduled runs in every way and time what follows: who notices, when, and that the next run does what is left.

`python -m tests.measure.kill_scheduled_run --pages 3000` starts a server and a worker as docs/scheduling.md does, and
kills (1) the process of a run, (2) the run and its worker, and (3) cancels one as the interface does. After each, the
next run must find every page once.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from tests.crash import write_pages
from tests.prefect_server import Installation, command, installation
from warehouse.reader import Snapshot

DEPLOYMENT = "score/nightly"
WAIT_SECONDS = 600.0
_GONE = {"CRASHED", "CANCELLED", "COMPLETED", "FAILED"}


def main() -> None:
    """Run the three kills one after another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=3000)
    pages = parser.parse_args().pages
    with tempfile.TemporaryDirectory(prefix="quality-kill-") as name, installation(Path(name)) as made:
        for start in ("prefect work-pool", "prefect --no-prompt deploy", "prefect automation"):
            made.run(command(start))
        worker = made.start(command("prefect worker"))
        for number, kill in enumerate((kill_run, kill_run_and_worker, cancel), start=1):
            write_pages(made.folder / f"night{number}.warc.gz", pages + number)  # other pages: the count seeds them
            worker = one_kill(made, kill, worker, number, pages + number)


Kill = Callable[[Installation, str, int, psutil.Process], int]


def one_kill(made: Installation, kill: Kill, worker: int, number: int, pages: int) -> int:
    """Start a run, kill it half way, wait until that is noticed, run again and count; returns the worker's id."""
    say(f"--- {kill.__doc__}")
    given = f"night{number}.warc.gz"
    run = trigger(made, given)
    process = made.wait("a flow process", lambda: flow_process(worker, run), seconds=WAIT_SECONDS)
    made.wait("half of the pages", lambda: staged(made) > 0 or stored(made, given) > 0, seconds=WAIT_SECONDS)
    time.sleep(2)
    family = [process, *process.children(recursive=True)]
    began = time.monotonic()
    worker = kill(made, run, worker, process)
    state = made.wait("the state changes", lambda: ended(made, run), seconds=WAIT_SECONDS)
    say(f"{state['name']} after {time.monotonic() - began:.1f} s: {state['message']}")
    made.wait("its processes are gone", lambda: not any(map(alive, family)), seconds=60)
    say(
        f"its {len(family)} processes were gone after {time.monotonic() - began:.1f} s at most; stored so far: {stored(made, given):,}"
    )
    began = time.monotonic()
    again = trigger(made, given)
    state = made.wait("the next run ends", lambda: ended(made, again), seconds=WAIT_SECONDS)
    say(f"next run {state['name']} after {time.monotonic() - began:.1f} s: {state['message']}")
    found = rows(
        made, f"select count(*) as rows, count(distinct page_id) as pages from articles where origin like '%{given}%'"
    )
    assert state["type"] == "COMPLETED", state
    assert found == [{"rows": pages, "pages": pages}], found
    say(f"{pages:,} pages, each once")
    return worker


def kill_run(made: Installation, run: str, worker: int, process: psutil.Process) -> int:
    """kill -9 of the run's process"""
    process.send_signal(signal.SIGKILL)
    return worker


def kill_run_and_worker(made: Installation, run: str, worker: int, process: psutil.Process) -> int:
    """kill -9 of the run's process and of the worker; a new worker starts at once"""
    os.kill(worker, signal.SIGKILL)
    process.send_signal(signal.SIGKILL)
    made.stop("worker")
    worker = made.start(command("prefect worker"))
    early = trigger(made, "night2.warc.gz")
    state = made.wait("a run that comes too early ends", lambda: ended(made, early), seconds=WAIT_SECONDS)
    say(f"a run at once: {state['name']}: {state['message']}")
    return worker


def cancel(made: Installation, run: str, worker: int, process: psutil.Process) -> int:
    """cancelled as in the interface"""
    made.run(f"prefect flow-run cancel {run}")
    return worker


def trigger(made: Installation, given: str) -> str:
    """Start a run; returns its id."""
    deployment = made.ask(f"deployments/name/{DEPLOYMENT}")["id"]
    parameters = {"inputs": [given], "canary": None, "workers": 2}
    return str(
        made.ask(f"deployments/{deployment}/create_flow_run", parameters=parameters, state={"type": "SCHEDULED"})["id"]
    )


def ended(made: Installation, run: str) -> dict[str, Any] | None:
    """Return a run's state if it is a final one."""
    state: dict[str, Any] = made.ask(f"flow_runs/{run}")["state"]
    return state if state["type"] in _GONE else None


def flow_process(worker: int, run: str) -> psutil.Process | None:
    """Return the process of a flow run below a worker."""
    for child in psutil.Process(worker).children(recursive=True):
        try:
            if child.environ().get("PREFECT__FLOW_RUN_ID") == run and "-m" in child.cmdline():
                return child
        except psutil.NoSuchProcess:
            continue
    return None


def alive(process: psutil.Process) -> bool:
    """Whether a process still runs."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def staged(made: Installation) -> int:
    """Parts that were written and not merged yet."""
    return len(list((made.folder / "warehouse" / "quality.work" / "staging").glob("*/*.parquet")))


def stored(made: Installation, given: str) -> int:
    """Pages of an input that people can read."""
    if not (made.folder / "warehouse" / "quality.duckdb").exists():
        return 0
    return int(rows(made, f"select count(*) as pages from articles where origin like '%{given}%'")[0]["pages"])


def rows(made: Installation, query: str) -> list[dict[str, Any]]:
    """Ask the published warehouse."""
    with Snapshot(made.folder / "warehouse" / "quality.duckdb") as snapshot:
        return list(snapshot.sql(query).to_pylist())


def say(text: str) -> None:
    """Print with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
