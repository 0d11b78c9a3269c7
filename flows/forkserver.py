"""The process that workers are forked from, started before the run needs it.

It loads models and word lists, which takes seconds, and it can do so while its parent imports what a run needs and opens
the warehouse. This module imports next to nothing, so that the start is the first thing a command does.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
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
    """Start the process that workers are forked from, if it does not run yet, and do not wait for it.

    It is started with interrupts blocked: Ctrl-C reaches every process of a terminal, and this one would print where it was
    in loading. It ends with its parent.
    """
    worker_context()
    resource_tracker.ensure_running()  # it would unblock them on its way
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def let_interrupts_through() -> None:
    """Let a forked process be interrupted again."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def end_at_interrupts() -> None:
    """Let an interrupt end a forked process at once, without a word: its parent says what there is to say."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    let_interrupts_through()


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Let an interrupt of the main thread wait until the block has ended, and raise it then.

    An executor whose start of a process is interrupted does not know of that process and does not wait for it; it would
    then look for what its parent has already put away, and print where it was.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt
