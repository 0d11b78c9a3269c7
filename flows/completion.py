"""How a flow completes: with a sentence and a result, which it keeps when the server's answer is lost.

Prefect proposes the last state again when the server does not answer in time. If the first proposal had arrived, the
server rejects the second and answers with the state that it stored, whose data is empty because results are not
persisted; Prefect then marks a run that completed as crashed (`MissingResult`, Prefect 3.9). The process knows the result:
it is put back before Prefect looks for it.
"""

from __future__ import annotations

from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import FlowRun, State
from prefect.runtime import flow_run as running
from prefect.states import Completed

_returned: dict[str | None, State[Any]] = {}
"""State that each run of this process returned, by the run's id, until the server has answered."""


def completed(message: str, data: Any = None) -> State[Any]:
    """The state that a flow returns when it completes: what it did, in a sentence, and its result."""
    state: State[Any] = Completed(message=message, data=data)
    _returned[running.id] = state
    return state


def keep_result(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Give a completed state its result back that the server answered without (a hook, `on_completion`)."""
    returned = _returned.pop(str(flow_run.id), None)
    if returned is not None and state.data is None:
        state.data = returned.data
