"""Write a folder so that readers see the old report or the new one, and so that no other folder is ever overwritten.

A report is built beside its place and put there by renaming. A file in it says that it is a report: a folder without
that file that is not empty belongs to somebody else, and is refused.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MARKER = ".quality-report"
MARKER_TEXT = "This folder is written by `quality report`, which replaces it as a whole.\n"


class ReportError(Exception):
    """The report cannot be written; the message says where and what to do."""


@contextmanager
def replaced_folder(output: Path) -> Iterator[Path]:
    """Give an empty folder to fill; after the block it stands at `output`. If the block fails, `output` is as it was.

    Raises ReportError when `output` is a file, or a folder with anything but a report in it.
    """
    output = output.absolute()
    _check(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
    try:
        (building / MARKER).write_text(MARKER_TEXT, encoding="utf-8")
        yield building
        building.chmod(0o755)
        _put(building, output)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _check(output: Path) -> None:
    if output.exists() and not output.is_dir():
        raise ReportError(f"{output} is a file. Name a folder: quality report -o report")
    if output.is_dir() and not (output / MARKER).exists() and any(output.iterdir()):
        raise ReportError(
            f"{output} holds other files, and a report replaces its folder as a whole. "
            "Name a folder that is empty, new, or holds an earlier report: quality report -o report"
        )


def _put(building: Path, output: Path) -> None:
    if not output.exists():
        building.rename(output)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{output.name}.old.", dir=output.parent))
    try:
        output.rename(old / output.name)
        building.rename(output)
    finally:
        if not output.exists() and (old / output.name).exists():
            (old / output.name).rename(output)
        shutil.rmtree(old, ignore_errors=True)
