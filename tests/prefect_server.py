"""A real Prefect server and worker for tests: a copy of the project, a fresh PREFECT_HOME, a free port on loopback.

Commands are those of docs/scheduling.md, so that what the documentation says is what runs. Everything that is started
is ended with its whole process group, whatever happens; the logs are part of every failure's message.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
COPIED = ("flows", "quality", "warehouse", "seeds", "deploy", "prefect.yaml", "pyproject.toml")
GUIDE = ROOT / "docs" / "scheduling.md"

START_SECONDS = 120.0
"""A server migrates its new database first; on a busy machine with two cores that took 32 s."""
LOG_LINES = 60
_BLOCK = re.compile(r"^```sh\n(?P<body>.*?)^```", re.MULTILINE | re.DOTALL)
_API = "http://127.0.0.1:4200/api"


def commands() -> list[str]:
    """Return the commands of the guide's shell blocks in order; comments and continued lines are resolved."""
    found = []
    for block in _BLOCK.finditer(GUIDE.read_text(encoding="utf-8")):
        for line in block["body"].replace("\\\n", " ").splitlines():
            command = " ".join(shlex.split(line, comments=True)) and line.split("  #")[0].strip()
            if command and not command.startswith("#"):
                found.append(command)
    return found


def command(start: str) -> str:
    """Return the guide's one command that starts so."""
    found = [known for known in commands() if known.startswith(start)]
    assert found, f"{GUIDE.name} has no command that starts with {start!r}"
    return found[0]


@dataclass
class Installation:
    """A copy of the project with its own server; `run` runs a command as a person would type it."""

    folder: Path
    port: int
    ran: set[str] = field(default_factory=set)
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def api(self) -> str:
        """URL of the server's API."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def environment(self) -> dict[str, str]:
        """What every process gets; nothing of the caller's Prefect."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "QUALITY_"))}
        return inherited | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PREFECT_HOME": str(self.folder / ".prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_WORKER_QUERY_SECONDS": "1",  # it asks for work every ten seconds by default
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }

    def run(self, line: str, *extra: str, expect: int = 0, timeout: float = 180.0) -> str:
        """Run a command of the guide to its end, with extra arguments; returns what it printed."""
        self.ran.add(line)
        done = subprocess.run(
            [*shlex.split(line), *extra],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        if done.returncode != expect:
            self.fail(f"`{line}` ended with {done.returncode}, not {expect}:\n{done.stdout}")
        return done.stdout

    def start(self, line: str, *extra: str) -> int:
        """Start a command that stays, in a session of its own; returns its process id."""
        self.ran.add(line)
        with (self.folder / f"{line.split()[1]}.log").open("ab") as log:
            process = subprocess.Popen(
                [*shlex.split(line), *extra],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes[line.split()[1]] = process
        return process.pid

    def ask(self, path: str, **filters: object) -> Any:
        """Ask the server: a POST with a filter when there is one."""
        body = json.dumps(filters).encode() if filters else None
        request = urllib.request.Request(f"{self.api}/{path}", data=body, headers={"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def wait(self, what: str, found: Callable[[], Any], *, seconds: float) -> Any:
        """Ask again until something is found; fails with the logs after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = found()
            if answer:
                return answer
            time.sleep(0.5)
        return self.fail(f"{what}: not within {seconds:g} s")

    def fail(self, message: str) -> Any:
        """Raise AssertionError with the end of every log."""
        logs = [
            f"--- {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-LOG_LINES:])
            for path in sorted(self.folder.glob("*.log"))
        ]
        raise AssertionError("\n".join([message, *logs]))

    def stop(self, name: str) -> None:
        """End one started command with its process group."""
        process = self._processes.pop(name)
        for kind in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, kind)
                process.wait(timeout=15)
                break
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        process.wait(timeout=15)

    def stop_all(self) -> None:
        """End everything, the server last."""
        for name in sorted(self._processes, key=lambda name: name == "server"):
            self.stop(name)


@contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """Copy the project into a folder and start a server there; ends all processes afterwards."""
    for name in COPIED:
        origin = ROOT / name
        if origin.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.duckdb*", "*.work", "*.lake")
            shutil.copytree(origin, folder / name, ignore=ignored)
        else:
            shutil.copy(origin, folder / name)
    made = Installation(folder, _free_port())
    try:
        made.start(command("prefect server start"), "--port", str(made.port))
        made.wait("the server answers", lambda: _healthy(made), seconds=START_SECONDS)
        yield made
    finally:
        made.stop_all()


def _free_port() -> int:
    """Let the kernel choose; ports it hands out for connections are not handed out again for a while."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _healthy(made: Installation) -> bool:
    process = made._processes["server"]
    if process.poll() is not None:
        made.fail(f"the server ended with {process.returncode}")
    try:
        return bool(made.ask("health"))
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
