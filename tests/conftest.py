"""Fixtures for all tests: one Prefect server for every flow that runs inside the test process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def prefect() -> Iterator[None]:
    """A Prefect server with a database of its own; about ten seconds, so ask for it once a run of a flow."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=90):
        yield
