"""The process that workers are forked from, started before the run needs it.

It loads models and word lists, which takes seconds, and it can do so while its parent imports what a run needs and opens
the warehouse. This module imports next to nothing, so that the start is the first thing a command does.
"""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

PRELOADED = ["flows.engine.local", "flows.engine.warm"]
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def worker_context() -> ForkServerContext:
    """Return the context that workers are started in: one thread each, forked from a process that has loaded everything."""
    for name in _THREAD_VARIABLES:
        os.environ.setdefault(name, "1")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def start() -> None:
    """Start the process that workers are forked from, if it does not run yet, and do not wait for it."""
    worker_context()
    forkserver.ensure_running()
