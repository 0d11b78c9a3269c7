"""Find the mistakes in prefect.yaml that `prefect deploy` keeps silent about.

Prefect ignores keys that it does not know, leaves out the whole file when it cannot read it, and learns of a wrong
parameter when the run fails at night. Here every key, entry point, parameter, schedule and trigger is held against
Prefect's own models and the flows themselves: `python -m flows.deployment_file`.
"""

from __future__ import annotations

import difflib
import inspect
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

import yaml
from prefect import Flow
from prefect.cli.deploy._models import ConcurrencyLimitSpec, DeploymentConfig, PrefectYamlModel, WorkPoolConfig
from prefect.client.schemas.objects import ConcurrencyLimitStrategy
from prefect.client.schemas.schedules import CronSchedule
from prefect.events import DeploymentTriggerTypes
from prefect.flows import load_flow_from_entrypoint
from prefect.workers.process import ProcessWorker
from pydantic import BaseModel, TypeAdapter, ValidationError

DEFAULT_FILE = Path("prefect.yaml")
TOP_KEYS = frozenset({*PrefectYamlModel.model_fields, "prefect-version", "definitions"} - {"prefect_version"})
SCHEDULE_KEYS = frozenset({"cron", "timezone", "day_or", "active", "parameters", "slug", "replaces"})
"""Cron only: intervals drift against the clock that people plan by."""
REQUIRED = ("name", "entrypoint", "work_pool", "tags", "description")


class _Unique(yaml.SafeLoader):
    """A loader that refuses a key that stands twice; YAML's would keep the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = Counter(key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge")
        double = [name for name, count in names.items() if count > 1]
        if double and not getattr(node, "merged", False):
            raise yaml.YAMLError(f"line {node.start_mark.line + 1}: {double[0]} stands twice")
        return super().construct_mapping(node, deep)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge `<<`; afterwards a key may stand twice, once of its own and once merged."""
        node.merged = getattr(node, "merged", False) or any(  # type: ignore[attr-defined]
            key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value
        )
        super().flatten_mapping(node)


def problems(file: Path = DEFAULT_FILE, *, root: Path | None = None) -> list[str]:
    """Return what is wrong with a deployment file, one sentence each. `root`: folder of the entry points, else its own."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_Unique)
    except (OSError, yaml.YAMLError) as error:
        return [f"{file}: {error}"]
    if not isinstance(content, Mapping) or not content.get("deployments"):
        return [f"{file}: expected a mapping with deployments"]
    found = list(_unknown(content, TOP_KEYS, "the file"))
    names: Counter[str] = Counter()
    for number, deployment in enumerate(content["deployments"], start=1):
        label = f"deployment {deployment.get('name') or number}"
        flow, complaint = _flow(deployment.get("entrypoint"), root or file.parent)
        if flow is not None:
            label = f"{flow.name}/{deployment.get('name')}"
            names[label] += 1
        else:
            found.append(f"{label}: {complaint}")
        found += [f"{label}: {text}" for text in _deployment(deployment, flow)]
    found += [f"{name} is deployed {count} times; the last one would win" for name, count in names.items() if count > 1]
    return [f"{file}: {text}" for text in found]


def _deployment(deployment: Mapping[str, Any], flow: Flow[..., Any] | None) -> Iterator[str]:
    yield from _unknown(deployment, DeploymentConfig.model_fields, "the deployment")
    yield from (f"{key} is missing" for key in REQUIRED if not deployment.get(key))
    yield from _invalid(DeploymentConfig, deployment)
    yield from _pool(deployment.get("work_pool") or {})
    yield from _limit(deployment.get("concurrency_limit"))
    schedules = deployment.get("schedules") or []
    for schedule in schedules:
        yield from _schedule(schedule)
    for trigger in deployment.get("triggers") or []:
        yield from _trigger(trigger, flow)
    if flow is None:
        return
    given = deployment.get("parameters") or {}
    yield from _parameters(given, flow, "parameters")
    for schedule in schedules:
        merged = {**given, **(schedule.get("parameters") or {})}
        yield from _parameters(merged, flow, f"schedule {schedule.get('slug')}")
        yield from _callable(merged, flow, f"schedule {schedule.get('slug')}")


def _flow(entrypoint: Any, folder: Path) -> tuple[Flow[..., Any] | None, str]:
    if not isinstance(entrypoint, str) or ":" not in entrypoint:
        return None, f"entrypoint {entrypoint!r}: expected FILE.py:FLOW"
    path, _, name = entrypoint.rpartition(":")
    if not (folder / path).is_file():
        return None, f"entrypoint {entrypoint}: there is no file {path}"
    try:
        return load_flow_from_entrypoint(f"{folder / path}:{name}", use_placeholder_flow=False), ""
    except Exception as error:  # noqa: BLE001 - whatever the import of somebody's file raises
        return None, f"entrypoint {entrypoint}: {error}"


def _pool(pool: Mapping[str, Any]) -> Iterator[str]:
    yield from _unknown(pool, WorkPoolConfig.model_fields, "work_pool")
    known = ProcessWorker.get_default_base_job_template()["variables"]["properties"]
    variables = pool.get("job_variables") or {}
    yield from _unknown(variables, known, "job_variables")
    for name, value in (variables.get("env") or {}).items():
        if not isinstance(value, str):
            yield f"job_variables.env.{name} is {value!r}: environment variables are strings, so quote it"


def _limit(limit: Any) -> Iterator[str]:
    if not isinstance(limit, Mapping):
        return
    yield from _unknown(limit, ConcurrencyLimitSpec.model_fields, "concurrency_limit")
    strategies = [strategy.value for strategy in ConcurrencyLimitStrategy]
    if limit.get("collision_strategy") not in strategies:
        yield f"collision_strategy {limit.get('collision_strategy')!r}: expected one of {', '.join(strategies)}"


def _schedule(schedule: Mapping[str, Any]) -> Iterator[str]:
    yield from _unknown(schedule, SCHEDULE_KEYS, "a schedule")
    if not schedule.get("slug"):
        yield "a schedule has no slug; without one, changing it adds a second one"
    try:
        CronSchedule(cron=schedule.get("cron") or "", timezone=schedule.get("timezone"))
    except ValidationError as error:
        yield f"cron {schedule.get('cron')!r} {schedule.get('timezone') or ''}: {error.errors()[0]['msg']}"


def _trigger(trigger: Mapping[str, Any], flow: Flow[..., Any] | None) -> Iterator[str]:
    models = {model.model_fields["type"].default: model for model in get_args(get_args(DeploymentTriggerTypes)[0])}
    model = models.get(trigger.get("type"))
    if model is None:
        yield f"trigger type {trigger.get('type')!r}: expected one of {', '.join(sorted(filter(None, models)))}"
        return
    yield from _unknown(trigger, model.model_fields, f"trigger {trigger.get('name')}")
    try:
        TypeAdapter(DeploymentTriggerTypes).validate_python(dict(trigger))
    except ValidationError as error:
        yield f"trigger {trigger.get('name')}: {error.errors()[0]['msg']}"
    if flow is not None:
        yield from _names(trigger.get("parameters") or {}, flow, f"trigger {trigger.get('name')}")


def _parameters(given: Mapping[str, Any], flow: Flow[..., Any], where: str) -> Iterator[str]:
    yield from _names(given, flow, where)
    types = get_type_hints(flow.fn, include_extras=True)
    for name in sorted(given.keys() & types.keys()):
        try:
            TypeAdapter(types[name]).validate_python(given[name])
        except ValidationError as error:
            yield f"{where}: {name} is {given[name]!r}: {error.errors()[0]['msg']}"


def _callable(given: Mapping[str, Any], flow: Flow[..., Any], where: str) -> Iterator[str]:
    for name, parameter in _signature(flow).items():
        if parameter.default is parameter.empty and name not in given:
            yield f"{where}: {name} has no value, so every scheduled run would fail"


def _names(given: Mapping[str, Any], flow: Flow[..., Any], where: str) -> Iterator[str]:
    yield from (f"{where}: {text}" for text in _unknown(given, _signature(flow), f"the flow {flow.name}"))


def _signature(flow: Flow[..., Any]) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(flow.fn).parameters


def _unknown(given: Mapping[str, Any], known: Collection[str], where: str) -> Iterator[str]:
    for key in given:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            yield f"{where} has no {key}" + (
                f"; did you mean {near[0]}?" if near else f" (known: {', '.join(sorted(known))})"
            )


def _invalid(model: type[BaseModel], given: Mapping[str, Any]) -> Iterator[str]:
    try:
        model.model_validate(given)
    except ValidationError as error:
        yield from (f"{error['loc'][0] if error['loc'] else ''}: {error['msg']}" for error in error.errors()[:3])


def main() -> None:
    """Print the mistakes of a file; exit status 1 when there are any."""
    found = problems(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FILE)
    print("\n".join(found) or "no mistake found")  # noqa: T201
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
