"""The `quality` command. Each subcommand imports what it needs when it runs, so `--help` answers at once.

Exit status: 0 done, 1 a gate or floor was missed, 2 wrong usage or configuration, 3 an unknown source was asked for.
Results go to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from flows import forkserver

if TYPE_CHECKING:
    from quality.policy import Policy

app = typer.Typer(
    name="quality",
    help="Judge web articles: find the padding, the promos, the repeats and the page furniture, and say why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

DEFAULT_WAREHOUSE = Path("warehouse/quality.duckdb")

WarehouseOption = Annotated[
    Path,
    typer.Option("--warehouse", envvar="QUALITY_WAREHOUSE", help="DuckDB file that people read.", show_default=True),
]
PolicyOption = Annotated[
    Path | None, typer.Option("--policy", help="Policy file (TOML); the one of the package if not given.")
]
SourcesOption = Annotated[
    Path | None, typer.Option("--sources", help="People's word on sources (TOML); ./sources.toml if there is one.")
]
WaitOption = Annotated[
    float, typer.Option("--wait", min=0, help="Seconds to wait for another run to release the warehouse.")
]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, help="Worker processes.", show_default="all cores")]
EngineOption = Annotated[str, typer.Option("--engine", help="local or dask.")]
DaskOption = Annotated[str | None, typer.Option("--dask", help="Scheduler address of a running Dask cluster.")]

_CORES = os.cpu_count() or 1


def main() -> None:
    """Run the command line."""
    app(prog_name="quality")


def fail(message: str, *, status: int = 2) -> NoReturn:
    """Print an error and end with an exit status."""
    from warehouse.terminal import plain_lines

    print(plain_lines(f"quality: {message}"), file=sys.stderr)  # noqa: T201
    raise typer.Exit(status)


def checked_policy(path: Path | None) -> Policy:
    """Load a policy; a wrong one ends the command."""
    from quality.model_files import check_models
    from quality.policy import PolicyError, default_policy, load_policy

    try:
        policy = load_policy(path) if path else default_policy()
        check_models(policy)
    except PolicyError as error:
        fail(str(error))
    return policy


@app.command()
def run(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, globs or fsspec URLs.")],
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    policy: PolicyOption = None,
    workers: WorkersOption = _CORES,
    engine: EngineOption = "local",
    dask: DaskOption = None,
    sources: SourcesOption = None,
    include_rejected: Annotated[
        bool, typer.Option("--include-rejected", help="Assess all pages of rejected sources, not only a sample.")
    ] = False,
    wait: WaitOption = 0.0,
) -> None:
    """Ingest, repair, extract, score, store and gate; print a summary.

    With PREFECT_API_URL set, the run is a flow run on that server; without it the same stages run directly.
    """
    if engine not in ("local", "dask"):  # flows.scoring.ENGINES, which would be slow to import here
        fail(f"--engine {engine}: expected local or dask")
    if engine == "local" and not dask:
        forkserver.start()
    from flows.commands.run import run_command

    run_command(
        inputs,
        warehouse=warehouse,
        policy=checked_policy(policy),
        policy_file=policy,
        workers=workers,
        engine="dask" if dask else engine,
        dask=dask,
        sources=sources,
        include_rejected=include_rejected,
        wait=wait,
    )


@app.command()
def inspect(
    input: Annotated[
        str, typer.Argument(metavar="INPUT", help="One page: HTML or text file, or a container's first page.")
    ],
    format: Annotated[str, typer.Option("--format", help="text, json or html.")] = "text",
    url: Annotated[str | None, typer.Option(help="URL that the page came from.")] = None,
    policy: PolicyOption = None,
) -> None:
    """Assess one page and show what an editor would want to see."""
    from flows.commands.inspect import inspect_command

    inspect_command(input, format=format, url=url, policy=checked_policy(policy))


@app.command()
def gate(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE...]", help="Sources; all if none.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say all there is to say of each named source.")] = False,
    drift: Annotated[bool, typer.Option("--drift", help="Print the sources whose quality has fallen of late.")] = False,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    policy: PolicyOption = None,
    sources_file: SourcesOption = None,
    format: Annotated[str, typer.Option("--format", help="table, json, csv or ublock.")] = "table",
) -> None:
    """Print each source's status, interval and reason; 1 if one is rejected, 3 if one is unknown."""
    from flows.commands.gate import drift_command, explain_command, gate_command

    if format != "table" and (explain or drift):
        fail(f"--format {format} is for the list of sources; --explain and --drift print text")
    if drift and (explain or sources or sources_file):
        fail("--drift looks at the pages of all sources: SOURCE, --sources and --explain do not go with it")
    if explain:
        explain_command(sources or [], warehouse=warehouse, policy=checked_policy(policy), sources_file=sources_file)
    elif drift:
        drift_command(warehouse=warehouse, policy=checked_policy(policy))
    elif policy:
        fail(
            f"--policy {policy} goes with --explain or --drift; statuses are judged anew by a run or `quality rescore --policy`"
        )
    else:
        gate_command(sources or [], warehouse=warehouse, sources_file=sources_file, format=format)


class _Sql(TyperCommand):
    """A command whose query may begin with a comment, which looks like an option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        options = tuple(f"{name}=" for option in self.params for name in option.opts)
        return super().parse_args(ctx, [f"\n{arg}" if _is_comment(arg, options) else arg for arg in args])


def _is_comment(argument: str, options: tuple[str, ...]) -> bool:
    """True for what goes on after a white space, as no option does but for its value."""
    return argument.startswith("--") and len(argument.split(maxsplit=1)) > 1 and not argument.startswith(options)


@app.command(cls=_Sql)
def sql(
    query: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="One SQL query, or @name of a named query.")
    ] = None,
    parameters: Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE...]")] = None,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    format: Annotated[str, typer.Option("--format", help="table, csv, json or parquet.")] = "table",
    list_queries: Annotated[bool, typer.Option("--list", help="List the named queries.")] = False,
) -> None:
    """Run read-only SQL on the published warehouse."""
    from flows.commands.sql import sql_command

    sql_command(query, parameters or [], warehouse=warehouse, format=format, list_queries=list_queries)


@app.command()
def report(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder to write; an older report in it is replaced.")
    ] = Path("report"),
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
) -> None:
    """Write a static HTML report: verdicts, sources, articles with their findings, failures, drift."""
    from flows.commands.report import report_command

    report_command(output, warehouse=warehouse)


@app.command()
def export(
    output: Annotated[Path, typer.Option("-o", "--output", help="File: .jsonl, .jsonl.gz, .jsonl.zst or .parquet.")],
    verdict: Annotated[
        list[str] | None, typer.Option(help="Verdicts to export; repeatable.", show_default="accept")
    ] = None,
    source_status: Annotated[list[str] | None, typer.Option(help="Only sources of this status; repeatable.")] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Only this language (a code such as en); repeatable.")
    ] = None,
    page_type: Annotated[
        list[str] | None, typer.Option(help="Only this page type (unknown: plain text); repeatable.")
    ] = None,
    max_probability: Annotated[float | None, typer.Option(help="Highest reject probability.")] = None,
    attributes: Annotated[
        str | None, typer.Option(help="Keep the whole text and write the spans as Dolma attributes under this name.")
    ] = None,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
) -> None:
    """Write the clean text of the chosen articles as JSONL or Parquet, and a manifest beside it."""
    from flows.commands.export import export_command

    export_command(
        output,
        warehouse=warehouse,
        verdicts=verdict or ["accept"],
        source_status=source_status,
        languages=language,
        page_types=page_type,
        max_probability=max_probability,
        attributes=attributes,
    )


@app.command()
def bench(
    inputs: Annotated[
        list[str] | None, typer.Argument(metavar="[INPUT...]", help="As for run; pages are made up if none.")
    ] = None,
    pages: Annotated[int, typer.Option(min=1, help="Pages at most.")] = 300,
    format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    policy: PolicyOption = None,
) -> None:
    """Time each stage on these pages in one process: pages a second, CPU time by stage, peak memory. Stores nothing."""
    from flows.commands.bench import bench_command

    bench_command(inputs or [], pages=pages, format=format, policy=checked_policy(policy))


@app.command()
def rescore(
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    policy: PolicyOption = None,
    workers: WorkersOption = _CORES,
    sources: SourcesOption = None,
    wait: WaitOption = 0.0,
) -> None:
    """Judge what is stored again under today's policy and models, without reading the inputs again; then the sources."""
    forkserver.start()
    from flows.commands.rescore import rescore_command

    rescore_command(warehouse=warehouse, policy=checked_policy(policy), workers=workers, sources=sources, wait=wait)


LabelsArgument = Annotated[
    Path,
    typer.Argument(metavar="LABELS", help="Folder with NAME.labels.jsonl.gz, NAME.warc.gz and NAME.gold.jsonl.gz."),
]


ModelOption = Annotated[
    list[str] | None,
    typer.Option("--model", help="boilerplate, roles, page_type or verdict; repeatable.", show_default="all"),
]


@app.command()
def train(
    labels: LabelsArgument,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for the candidates: weights, figures, floors, cards.")
    ] = Path("out/models"),
    model: ModelOption = None,
    policy: PolicyOption = None,
    workers: WorkersOption = _CORES,
) -> None:
    """Fit the models on labelled pages; 1 if one falls below its floors. Nothing that ships is replaced."""
    from flows.commands.train import train_command

    train_command(labels, output, models=model or [], policy=checked_policy(policy), workers=workers)


@app.command()
def evaluate(
    labels: LabelsArgument,
    model: ModelOption = None,
    policy: PolicyOption = None,
    workers: WorkersOption = _CORES,
    predictions: Annotated[
        Path | None,
        typer.Option(
            help="Also write text, spans and verdict of every labelled page, out of fold, to this JSONL file."
        ),
    ] = None,
) -> None:
    """Measure the models out of fold by domain: line roles, page types, verdicts; 1 if one is below its floors."""
    from flows.commands.train import evaluate_command

    evaluate_command(
        labels, models=model or [], policy=checked_policy(policy), workers=workers, predictions=predictions
    )


if __name__ == "__main__":
    main()
