"""prefect.yaml, the automation and the deployment examples: right as they ship, and every kind of mistake is found."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from prefect.automations import Automation
from prefect.flows import load_flow_from_entrypoint
from prefect.settings import Settings
from prefect.utilities.callables import parameter_schema

from flows.deployment_file import problems

ROOT = Path(__file__).parent.parent
FILE = ROOT / "prefect.yaml"
CASES = tomllib.loads((ROOT / "tests" / "cases" / "prefect_yaml" / "mistakes.toml").read_text(encoding="utf-8"))["case"]
SETTING = re.compile(r"\bPREFECT_[A-Z0-9_]+")
COMPOSE_ONLY = {"PREFECT_AUTH"}
"""Names that deploy/compose.yaml gives to its own variables."""


def test_the_file_that_ships_has_no_mistake() -> None:
    assert problems(FILE) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_mistake_is_found(case: dict[str, str], tmp_path: Path) -> None:
    content = FILE.read_text(encoding="utf-8")
    assert case["old"] in content, "the case no longer fits the file"
    wrong = tmp_path / "prefect.yaml"
    wrong.write_text(content.replace(case["old"], case["new"], 1), encoding="utf-8")
    found = problems(wrong, root=ROOT)
    assert any(case["says"] in complaint for complaint in found), found


@pytest.mark.parametrize("content", ["", "- a list", "deployments: []", "deployments: [", "name: \t- x"])
def test_a_file_that_deploys_nothing_is_a_mistake(content: str, tmp_path: Path) -> None:
    wrong = tmp_path / "prefect.yaml"
    wrong.write_text(content, encoding="utf-8")
    assert len(problems(wrong)) == 1


def test_a_missing_file_is_a_mistake(tmp_path: Path) -> None:
    assert "prefect.yaml" in problems(tmp_path / "prefect.yaml")[0]


ENTRYPOINTS = [
    deployment["entrypoint"] for deployment in yaml.safe_load(FILE.read_text(encoding="utf-8"))["deployments"]
]


@pytest.mark.parametrize("entrypoint", ENTRYPOINTS)
def test_the_interface_explains_every_parameter(entrypoint: str) -> None:
    flow = load_flow_from_entrypoint(f"{ROOT / entrypoint}", use_placeholder_flow=False)
    described = parameter_schema(flow).properties
    assert [name for name, schema in described.items() if not schema.get("description")] == []
    assert flow.description


def test_the_automation_is_one() -> None:
    content = yaml.safe_load((ROOT / "deploy" / "dead-runs.yaml").read_text(encoding="utf-8"))
    automation = Automation.model_validate(content)
    trigger, (action,) = automation.trigger.model_dump(mode="json"), automation.actions
    unknown = set(content["trigger"]) - set(trigger) | set(content["actions"][0]) - set(action.model_dump())
    assert unknown == set()
    assert trigger["within"] == 90.0


def test_the_heartbeat_comes_three_times_before_the_automation_acts() -> None:
    pool = yaml.safe_load(FILE.read_text(encoding="utf-8"))["definitions"]["pools"]["local"]
    within = yaml.safe_load((ROOT / "deploy" / "dead-runs.yaml").read_text(encoding="utf-8"))["trigger"]["within"]
    assert within >= 3 * int(pool["job_variables"]["env"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"])


def known_settings(model: type = Settings) -> set[str]:
    names = {"PREFECT_API_URL"}
    for name, field in model.model_fields.items():
        inner = field.annotation
        if hasattr(inner, "model_fields"):
            names |= known_settings(inner)
        else:
            aliases = getattr(field.validation_alias, "choices", [])
            prefix = model.model_config.get("env_prefix", "PREFECT_")
            names |= {f"{prefix}{name}".upper(), *(alias.upper() for alias in aliases if isinstance(alias, str))}
    return names


@pytest.mark.parametrize(
    "path", [*sorted((ROOT / "deploy").rglob("*.*")), ROOT / "docs" / "scheduling.md", FILE], ids=str
)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = set(SETTING.findall(path.read_text(encoding="utf-8"))) - COMPOSE_ONLY
    assert named - known_settings() == set()


def test_compose_and_units_start_what_the_guide_starts() -> None:
    guide = (ROOT / "docs" / "scheduling.md").read_text(encoding="utf-8")
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    unit = (ROOT / "deploy" / "systemd" / "prefect-worker.service").read_text(encoding="utf-8")
    worker = "prefect worker start --pool quality --limit 2"
    assert worker in guide
    assert compose["worker"]["command"] == worker
    assert worker in unit
    assert compose["server"]["depends_on"]["database"]["condition"] == "service_healthy"


def test_compose_asks_for_every_secret_that_is_not_given() -> None:
    """`${NAME:?}` stops the start only while NAME is empty: a value in the example would be everybody's password."""
    compose = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    example = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8")
    lines = [line for line in example.splitlines() if line and not line.startswith("#")]
    given = {name: value for name, _, value in (line.partition("=") for line in lines)}
    assert set(given) == set(re.findall(r"\$\{([A-Z_]+)", compose))
    assert [name for name, value in given.items() if value] == []
    assert set(re.findall(r"\$\{([A-Z_]+):\?", compose)) == {"POSTGRES_PASSWORD", "PREFECT_AUTH"}


def test_the_licence_and_the_notice_are_in_what_is_built() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert {"LICENSE", "NOTICE"} <= set(project["project"]["license-files"])
    assert {"LICENSE", "NOTICE"} <= set(project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])


def is_sent(path: str) -> bool:
    """Whether a build of the image gets a file: the last line of .dockerignore that matches it or a folder of it decides."""
    sent = True
    parts = path.split("/")
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!").rstrip("/")
        if not pattern or line.startswith("#"):
            continue
        expression = "".join(
            {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece))
            for piece in re.split(r"(\*\*/|\*|\?)", pattern)
        )
        if any(re.fullmatch(expression, "/".join(parts[:end])) for end in range(1, len(parts) + 1)):
            sent = line.startswith("!")
    return sent


def test_the_image_gets_every_file_that_it_needs() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    made = re.compile(r"__pycache__|\.duckdb|\.work/|\.lake/")
    packaged = [
        path.relative_to(ROOT).as_posix()
        for package in build["targets"]["wheel"]["packages"]
        for path in (ROOT / package).rglob("*")
        if path.is_file()
    ]
    needed = [path for path in packaged if not made.search(path)]
    assert {"warehouse/store.py", "warehouse/statements/tables.sql", "quality/policy.toml"} <= set(needed)
    needed += ["pyproject.toml", "README.md", "LICENSE", "NOTICE", "requirements.lock", "prefect.yaml", "sources.toml"]
    needed += ["seeds/canary.page", "deploy/dead-runs.yaml", "deploy/env.example"]
    assert [path for path in needed if not is_sent(path)] == []


@pytest.mark.parametrize(
    "path",
    [
        *("deploy/.env", "deploy/store.env", ".env", ".git/config", ".venv/bin/python", "flows/__pycache__/a.pyc"),
        *("warehouse/quality.duckdb", "warehouse/quality.duckdb.wal", "warehouse/quality.work/writer.duckdb"),
        *("warehouse/quality.lake/runs.parquet", "inbox/a.html", "labels/a.jsonl", "out/models/roles/weights.npz"),
        *("report/index.html", ".prefect/prefect.db", ".mypy_cache/3.11/a.json"),
    ],
)
def test_secrets_and_data_stay_out_of_the_image(path: str) -> None:
    assert not is_sent(path)


def test_git_leaves_secrets_alone() -> None:
    assert {"deploy/.env", "deploy/*.env"} <= set((ROOT / ".gitignore").read_text(encoding="utf-8").splitlines())


def test_what_the_deployments_write_survives_the_container() -> None:
    worker = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]["worker"]
    mounted = {Path(volume.split(":")[1]).relative_to("/srv/quality") for volume in worker["volumes"]}
    for deployment in yaml.safe_load(FILE.read_text(encoding="utf-8"))["deployments"]:
        given = deployment["parameters"]
        for path in (Path(given[name]) for name in ("warehouse", "output", "labels") if name in given):
            assert mounted & {path, *path.parents}, f"{path} is lost with the container"
    assert not mounted & {Path("out/report"), Path("report")}, "a mount cannot be replaced by renaming"
