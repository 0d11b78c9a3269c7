"""Find the files that a run reads: files, folders, globs and URLs of any fsspec store, in one deterministic order.

The ending names the format. In a folder, files of other endings are left alone and counted; a file that was named
itself and has an unknown ending is an input that failed, and the rest goes on.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import fsspec
from fsspec.core import url_to_fs

FORMATS: dict[str, str] = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".txt": "text",
    ".warc": "warc", ".warc.gz": "warc", ".warc.zst": "warc",
    ".jsonl": "jsonl", ".jsonl.gz": "jsonl", ".jsonl.zst": "jsonl",
    ".parquet": "parquet",
}  # fmt: skip
"""Endings that are read, and the reader of each."""

_GLOB_MARKS = "*?["
_WEB_GLOB_MARKS = "*["
"""In an address "?" begins the query."""
_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to read; `path` can be opened with fsspec."""

    path: str
    format: str
    size: int
    """Bytes; 0 where the store does not say."""


@dataclass(frozen=True, slots=True)
class InputFailure:
    """An input that could not be read, and what to do about it."""

    origin: str
    """The file, and the record in it: two records of one address are two failures."""
    error: str
    url: str | None = None
    """The record's address, if it has one."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """All files of a run, what was wrong with the rest, and how many files of other endings were left alone."""

    files: tuple[InputFile, ...]
    failures: tuple[InputFailure, ...]
    ignored: int


class StoreError(OSError):
    """What went wrong between here and a store, whatever its package raised."""


@contextmanager
def errors_of_store() -> Iterator[None]:
    """Turn what the package of a store raises into StoreError: each has errors of its own, and no common ancestor."""
    try:
        yield
    except (OSError, ValueError, ImportError):
        raise
    except Exception as error:  # no list of them could be complete
        raise StoreError(f"{type(error).__name__}: {error}") from error


def is_web(path: str) -> bool:
    """Whether a path is the address of something on the web."""
    return path.lower().startswith(_WEB)


def name_of(path: str) -> str:
    """Return the name of a file in lower case, without the query of an address."""
    return posixpath.basename(urlsplit(path).path if is_web(path) else path).lower()


def format_of(path: str) -> str | None:
    """Return the reader's name for a path, by its ending, or None."""
    name = name_of(path)
    return next((kind for ending, kind in FORMATS.items() if name.endswith(ending) and name != ending), None)


def find_inputs(inputs: Sequence[str]) -> Inputs:
    """Resolve what the user named to files, sorted by path, each once."""
    files: dict[str, InputFile] = {}
    failures: list[InputFailure] = []
    ignored = 0
    for given in inputs:
        try:
            with errors_of_store():
                found, unsized, skipped = _resolve(given)
        except InputError as error:
            failures.append(InputFailure(given, str(error)))
            continue
        except (OSError, ValueError, ImportError) as error:
            failures.append(InputFailure(given, f"cannot be opened: {error}"))
            continue
        ignored += skipped
        failures += unsized
        files.update((file.path, file) for file in found)
    return Inputs(tuple(files[path] for path in sorted(files)), tuple(failures), ignored)


class InputError(ValueError):
    """The named input cannot be used; the message says why and what to do."""


def _resolve(given: str) -> tuple[list[InputFile], list[InputFailure], int]:
    fs, path = url_to_fs(given)
    remote = "://" in given
    restore = fs.unstrip_protocol if remote else str

    marks = _WEB_GLOB_MARKS if is_web(given) else _GLOB_MARKS

    if any(mark in given for mark in marks) and not fs.exists(path):
        candidates = sorted(fs.glob(path))
        if not candidates:
            raise InputError("no file matches this pattern")
    elif not fs.exists(path):
        raise InputError("no such file or folder; check the path, or quote the pattern if the shell expanded it")
    elif not (is_web(given) and format_of(path)) and fs.isdir(path):  # to fsspec, a page with links is a folder
        candidates = sorted(name for name in fs.find(path) if not _is_hidden(name, path))
        if not candidates:
            raise InputError("the folder holds no file")
    else:
        if format_of(path) is None:
            raise InputError(f"unknown ending; quality reads {' '.join(FORMATS)}")
        return [_file(fs, path, restore(path))], [], 0

    known = [name for name in candidates if format_of(name) is not None]
    if not known:
        raise InputError(f"none of its {len(candidates)} files has an ending that quality reads: {' '.join(FORMATS)}")
    files: list[InputFile] = []
    failures: list[InputFailure] = []
    for name in known:
        try:
            files.append(_file(fs, name, restore(name)))
        except (OSError, ValueError) as error:  # a dangling link, or a file that went away since it was listed
            failures.append(InputFailure(restore(name), f"cannot be opened: {error}"))
    return files, failures, len(candidates) - len(known)


def _is_hidden(name: str, root: str) -> bool:
    inside = name[len(root) :] if name.startswith(root) else name
    return any(part.startswith(".") for part in inside.split("/"))


def _file(fs: fsspec.AbstractFileSystem, path: str, opened_as: str) -> InputFile:
    kind = format_of(path)
    assert kind is not None
    return InputFile(opened_as, kind, int(fs.size(path) or 0))
