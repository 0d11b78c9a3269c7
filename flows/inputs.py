"""Find the files that a run reads: files, folders, globs and URLs of any fsspec store, in one deterministic order.

The ending names the format. In a folder, files of other endings are left alone and counted, and hidden ones passed over;
a file that was named itself and has an unknown ending is an input that failed, and the rest goes on. A folder or a pattern
without a file to read is no failure: nothing has come yet.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO
from urllib.parse import urlsplit

import fsspec
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from flows.credentials import said_without_credentials, without_credentials

FORMATS: dict[str, str] = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".txt": "text",
    ".warc": "warc", ".warc.gz": "warc", ".warc.zst": "warc", ".wet": "warc", ".wet.gz": "warc", ".wet.zst": "warc",
    ".jsonl": "jsonl", ".jsonl.gz": "jsonl", ".jsonl.zst": "jsonl",
    ".parquet": "parquet",
}  # fmt: skip
"""Endings that are read, and the reader of each."""

_GLOB_MARKS = "*?["
_WEB_GLOB_MARKS = "*["
"""In an address "?" begins the query."""
_WEB = ("http://", "https://")
_LOCAL = ("file://", "local://")


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to read; `path` can be opened with fsspec."""

    path: str
    format: str
    size: int
    """Bytes; 0 where the store does not say."""

    @property
    def name(self) -> str:
        """What the file is called in all that is stored and shown: its path without credentials."""
        return without_credentials(self.path)


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
    empty: tuple[InputFailure, ...] = ()
    """Folders and patterns without a file to read: a night without pages."""
    present: tuple[str, ...] = ()
    """What was named and is there; what failed under the same name before has come since."""

    @property
    def remarks(self) -> tuple[InputFailure, ...]:
        """What people should hear of the inputs."""
        return (*self.failures, *self.empty)


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


def find_inputs(inputs: Iterable[str | os.PathLike[str]]) -> Inputs:
    """Resolve what the user named to files, sorted by path, each once.

    Raises TypeError for a single string or path, whose letters would be taken for names.
    """
    if isinstance(inputs, str | bytes | os.PathLike):
        raise TypeError(f"inputs are a list of files, folders, globs or URLs, not {inputs!r}")
    files: dict[str, InputFile] = {}
    failures: list[InputFailure] = []
    empty: list[InputFailure] = []
    present: list[str] = []
    ignored = 0
    for path in inputs:
        given = os.fspath(path)
        shown = without_credentials(given)
        try:
            with errors_of_store():
                found, unsized, skipped = _resolve(given)
        except NothingToRead as nothing:
            empty.append(InputFailure(shown, str(nothing)))
            present.append(shown)
            ignored += nothing.ignored
            continue
        except InputError as error:
            failures.append(InputFailure(shown, str(error)))
            continue
        except (OSError, ValueError, ImportError) as error:
            failures.append(InputFailure(shown, said_without_credentials(f"cannot be opened: {error}", given)))
            continue
        present.append(shown)
        ignored += skipped
        failures += unsized
        files.update((file.path, file) for file in found)
    return Inputs(tuple(files[path] for path in sorted(files)), tuple(failures), ignored, tuple(empty), tuple(present))


class InputError(ValueError):
    """The named input cannot be used; the message says why and what to do."""


class NothingToRead(InputError):
    """The named folder is there, or that of the pattern, and holds no file to read."""

    def __init__(self, message: str, *, ignored: int = 0) -> None:
        super().__init__(message)
        self.ignored = ignored
        """Files of other endings in it."""


def _resolve(given: str) -> tuple[list[InputFile], list[InputFailure], int]:
    if not given.strip():
        raise InputError("the name of the input is empty; is a variable unset?")
    fs, path = _store_of(given)
    restore = _spelled_once if isinstance(fs, LocalFileSystem) else fs.unstrip_protocol
    marks = _WEB_GLOB_MARKS if is_web(given) else _GLOB_MARKS
    if fs.exists(path):
        if (is_web(given) and format_of(path)) or not fs.isdir(path):  # to fsspec, a page with links is a folder
            if format_of(path) is None:
                raise InputError(f"unknown ending; quality reads {' '.join(FORMATS)}")
            return [_file(fs, path, restore(path))], [], 0
        candidates = _inside(fs, path)
        if not candidates:
            raise NothingToRead("the folder holds no file")
    elif any(mark in path for mark in marks):
        candidates = _matching(fs, path, marks)
    elif is_web(given):
        raise InputError(_why_unreachable(fs, path))
    else:
        raise InputError("no such file or folder; check the path, or quote the pattern if the shell expanded it")

    known = [name for name in candidates if format_of(name) is not None]
    if not known:
        count = len(candidates)
        raise NothingToRead(
            f"none of its {count} files has an ending that quality reads: {' '.join(FORMATS)}", ignored=count
        )
    files: list[InputFile] = []
    failures: list[InputFailure] = []
    for name in known:
        try:
            if isinstance(fs, LocalFileSystem) and not S_ISREG(Path(name).stat().st_mode):
                raise InputError("it is a pipe, a socket or a device, which may have no end")
            files.append(_file(fs, name, restore(name)))
        except (OSError, ValueError) as error:  # a dangling link, or a file that went away since it was listed
            said = said_without_credentials(f"cannot be opened: {error}", given)
            failures.append(InputFailure(without_credentials(restore(name)), said))
    return files, failures, len(candidates) - len(known)


def _store_of(given: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """Return the store of an input and its path there; "::" in the name of a local file is no chain of stores."""
    if given.startswith(_LOCAL) or os.path.lexists(given):
        local = LocalFileSystem()
        return local, local._strip_protocol(given)
    fs, path = url_to_fs(given)
    return fs, path


def _why_unreachable(fs: fsspec.AbstractFileSystem, address: str) -> str:
    """Return why an address cannot be read; to fsspec whatever is not served does not exist."""
    try:
        fs.info(address)
    except (OSError, ValueError) as error:
        cause = error.__cause__ or error
        status = getattr(cause, "status", None)
        if status:
            return f"HTTP status {status}: {getattr(cause, 'message', '')}"
        return said_without_credentials(f"cannot be opened: {cause}", address)
    return "cannot be opened"


def _inside(fs: fsspec.AbstractFileSystem, folder: str) -> list[str]:
    """Return the files below a folder, sorted. Local links to folders are followed, but for those to one that is read anyway."""
    names: list[str] = []
    waiting, read = [folder], [os.path.realpath(folder)]
    while waiting:
        at = waiting.pop()
        for name in fs.find(at):
            if _is_hidden(name, at):
                continue
            if not (isinstance(fs, LocalFileSystem) and Path(name).is_dir()):
                names.append(name)
            elif not _is_below(real := os.path.realpath(name), read):
                waiting.append(name)
                read.append(real)
    return sorted(names)


def _is_below(folder: str, others: Sequence[str]) -> bool:
    """Return whether a folder is one of the others, below one, or above one, which a way through it would read again."""
    return any(os.path.commonpath((folder, other)) in (folder, other) for other in others)


def _matching(fs: fsspec.AbstractFileSystem, pattern: str, marks: str) -> list[str]:
    """Return the files that match, and those in folders that match; hidden ones only if the pattern names such."""
    root = pattern[: min(pattern.index(mark) for mark in marks if mark in pattern)].rpartition("/")[0]
    shown = _is_hidden(pattern, root)
    names: list[str] = []
    for name, info in fs.glob(pattern, detail=True).items():
        if shown or not _is_hidden(name, root):
            names += _inside(fs, name) if info["type"] != "file" and fs.isdir(name) else [name]
    if not names:
        words = "no file matches this pattern"
        raise NothingToRead(words) if fs.isdir(root) else InputError(words)
    return sorted(names)


def _is_hidden(name: str, root: str) -> bool:
    inside = name[len(root) :] if name.startswith(root) else name
    return any(part.startswith(".") and part not in (".", "..") for part in inside.split("/"))


def _spelled_once(path: str) -> str:
    """Return a local path without `.`, `..` and doubled slashes, unless that is another place, by a link on the way."""
    plain = Path("/" + os.path.normpath(path).lstrip("/"))
    elsewhere = str(plain) != path and Path(path).exists() and not (plain.exists() and plain.samefile(path))
    return path if elsewhere else str(plain)


def _file(fs: fsspec.AbstractFileSystem, path: str, opened_as: str) -> InputFile:
    kind = format_of(path)
    assert kind is not None
    return InputFile(opened_as, kind, int(fs.size(path) or 0))


def open_input(path: str) -> BinaryIO:
    """Open the file of an `InputFile`."""
    with errors_of_store():
        if os.path.lexists(path):
            return Path(path).open("rb")
        opened: BinaryIO = fsspec.open(path, "rb").open()
        return opened
