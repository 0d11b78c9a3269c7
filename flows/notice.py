"""The flow `notice`: tell people what a run found, once a run, and send it where they look.

Automations start it at the events of `flows.events`. It reads the run's findings from the warehouse, so one notice
names all sources that were rejected and all pages that were quarantined. Where to send it is a notification block
(Slack, e-mail, Teams …): its credentials stay in the block, and parameters carry its name only.
"""

from __future__ import annotations

from typing import Any, cast

from prefect import flow, task
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows import artifacts
from flows.completion import completed, keep_result
from flows.logical_dates import run_name
from flows.outcome import Outcome, degradations, read_outcome
from flows.score import IO_RETRIES, IO_RETRY_SECONDS
from warehouse.reader import Snapshot

NAMED = 20
"""Sources or pages that a notice names; the rest are counted."""


@flow(name="notice", flow_run_name=run_name, on_completion=[keep_result])
def notice(
    run_id: str,
    warehouse: str = "warehouse/quality.duckdb",
    event: str = "",
    why: str = "",
    send_to: str | None = None,
) -> State[str]:
    """Write what needs attention in a run as an artifact, and send it.

    Args:
        run_id: Run to look at.
        warehouse: DuckDB file that people read.
        event: Event that led here.
        why: What is wrong with the run as a whole.
        send_to: Notification block as TYPE/NAME, such as slack-webhook/quality; empty: only the artifact.
    """
    text = compose(run_id, warehouse, why)
    artifacts.note(text, f"{event or 'notice'} of run {run_id}")
    if send_to:
        send(send_to, f"quality: run {run_id}", text)
    return completed(f"{event or 'notice'}: {'sent to ' + send_to if send_to else 'written'}", text)


@task(name="compose", cache_policy=NO_CACHE)
def compose(run_id: str, warehouse: str, why: str) -> str:
    """Return the notice as markdown."""
    if run_id.startswith("gate-"):
        with Snapshot(warehouse) as snapshot:
            rejected = snapshot.sql(_REJECTED, {"run_id": run_id}).to_pylist()
        return "\n".join([f"# Gate {run_id}", *_sources(rejected)])
    return markdown(read_outcome(warehouse, run_id), why)


@task(name="send", cache_policy=NO_CACHE, retries=IO_RETRIES, retry_delay_seconds=IO_RETRY_SECONDS)
def send(block: str, subject: str, text: str) -> None:
    """Send the notice by a notification block."""
    loaded = cast(Any, Block.load(block))
    if not isinstance(loaded, NotificationBlock):
        raise TypeError(
            f"{block} is a {type(loaded).__name__}, which cannot send notifications; see `prefect block type ls`"
        )
    cast(Any, loaded).notify(text, subject=subject)  # typed as a coroutine; it blocks when called from a task


def markdown(outcome: Outcome, why: str) -> str:
    """Say what needs attention in a run."""
    run = outcome.run
    lines = [f"# Run {outcome.run_id}", f"{run['pages']:,} pages, {run['new']:,} new, {run['failed']:,} failed."]
    lines += [f"**Worrying:** {complaint}" for complaint in ([why] if why else degradations(outcome))]
    lines += _sources(outcome.rejected_sources)
    if outcome.quarantined:
        lines.append(f"## {len(outcome.quarantined):,} pages quarantined")
        lines += [f"- {_code(row['page'])}: {row['error']}" for row in outcome.quarantined[:NAMED]]
    lines.append("More: `quality sql @summary`, `quality gate`, `quality report`.")
    return "\n\n".join(lines)


def _sources(rejected: Any) -> list[str]:
    if not rejected:
        return []
    lines = [f"## {len(rejected):,} sources rejected"]
    lines += [f"- {_code(row['source'])}: {row['reason']}" for row in rejected[:NAMED]]
    return lines


def _code(text: str) -> str:
    """Quote what came from outside so that it cannot be markup."""
    return f"`{text.replace('`', ' ')}`"


_REJECTED = """
select source, reason from gate_decisions where run_id = $run_id and to_status = 'rejected' order by pages desc, source
"""
