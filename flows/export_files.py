"""Record files by their ending: JSON lines, plain or compressed, and Parquet.

A file is written beside its place, under a name of its own, and renamed when it is whole; files that belong together are
renamed together, whoever else writes there. Nothing of the time or the machine goes into them: the same records give the
same bytes.
"""

from __future__ import annotations

import fcntl
import glob
import gzip
import io
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol, cast

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
UNFINISHED = ".tmp"
"""Ending of a file that is being written, or was when its process was killed."""
LEFT_SECONDS = 60
"""Age from which an unfinished file that nobody holds is one that was left."""
GZIP_LEVEL = 6
ZSTD_LEVEL = 9

_TEXT, _NUMBER = pa.string(), pa.float64()
METADATA = pa.struct(
    [
        ("url", _TEXT),
        ("source", _TEXT),
        ("source_status", _TEXT),
        ("title", _TEXT),
        ("author", _TEXT),
        ("site_name", _TEXT),
        ("language", _TEXT),
        ("page_type", _TEXT),
        ("verdict", _TEXT),
        ("reject_probability", _NUMBER),
        ("padding", _NUMBER),
        ("promo", _NUMBER),
        ("repetition", _NUMBER),
        ("residue", _NUMBER),
        ("words", pa.int32()),
        ("published_date", _TEXT),
        ("fetched_at", _TEXT),
        ("first_seen", _TEXT),
        ("policy", _TEXT),
        ("model", _TEXT),
    ]
)
METADATA_NAMES = tuple(field.name for field in METADATA)
RECORD_SCHEMA = pa.schema(
    [pa.field("id", _TEXT, nullable=False), pa.field("text", _TEXT, nullable=False), ("metadata", METADATA)]
)

Record = Mapping[str, Any]


class RecordFile(Protocol):
    """A file that takes records."""

    path: Path
    """Where it is written, which is not yet its place."""
    records: int

    def write(self, records: Sequence[Record]) -> None:
        """Append records."""


class _Lines:
    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self.path = path
        self.records = 0
        self._stream = stream

    def write(self, records: Sequence[Record]) -> None:
        for record in records:
            line = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
            self._stream.write(line.encode("utf-8", "replace") + b"\n")
        self.records += len(records)


class _Parquet:
    def __init__(self, path: Path, writer: pq.ParquetWriter) -> None:
        self.path = path
        self.records = 0
        self._writer = writer

    def write(self, records: Sequence[Record]) -> None:
        if records:
            self._writer.write_table(pa.Table.from_pylist(list(records), schema=RECORD_SCHEMA))
        self.records += len(records)


def ending_of(path: Path) -> str | None:
    """Return the ending that says how a file is written, or None for one that is not known."""
    return next((ending for ending in ENDINGS if path.name.lower().endswith(ending)), None)


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """Give an empty file beside the place of another one, which is gone after the block unless it was put in place.

    What killed processes left there goes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_left(path)
    own = path.with_name(f".{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    with own.open("xb") as held:
        try:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield own
        finally:
            own.unlink(missing_ok=True)


def put_in_place(files: Sequence[tuple[Path, Path]]) -> None:
    """Rename (unfinished, place) of files that belong together; nobody's files come between those of the last place's folder."""
    folder = os.open(files[-1][1].parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        for own, place in files:
            own.replace(place)
    finally:
        os.close(folder)


def _remove_left(path: Path) -> None:
    for left in path.parent.glob(f".{glob.escape(path.name)}.{'[0-9a-f]' * 8}{UNFINISHED}"):
        with suppress(OSError), left.open("rb") as held:
            if time.time() - left.stat().st_mtime > LEFT_SECONDS:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()


@contextmanager
def open_records(path: Path, ending: str) -> Iterator[RecordFile]:
    """Open a file for records at `path`; `ending` says how they are written."""
    if ending == ".parquet":
        with pq.ParquetWriter(path, RECORD_SCHEMA, compression="zstd") as writer:
            yield _Parquet(path, writer)
    else:
        with path.open("wb") as raw, _compressed(raw, ending) as stream:
            yield _Lines(path, stream)


@contextmanager
def _compressed(raw: IO[bytes], ending: str) -> Iterator[IO[bytes]]:
    if ending == ".jsonl.gz":
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=GZIP_LEVEL, mtime=0) as packed:
            yield cast(IO[bytes], packed)
    elif ending == ".jsonl.zst":
        with (
            zstandard.ZstdCompressor(level=ZSTD_LEVEL).stream_writer(raw, closefd=False) as packer,
            io.BufferedWriter(cast(io.RawIOBase, packer)) as buffered,
        ):
            yield buffered
    else:
        yield raw
