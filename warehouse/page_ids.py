"""A few million page ids in little memory: sixteen bytes each, sorted, searched by halves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

ID_BYTES = 16
"""A page id is 32 hexadecimal characters."""


@dataclass(frozen=True)
class PageIds:
    """An immutable set of page ids; `in` takes about two microseconds, `isin` less than one an id."""

    _sorted: npt.NDArray[np.bytes_]

    @classmethod
    def of(cls, ids: Iterable[str]) -> PageIds:
        """Make a set of ids in hexadecimal."""
        return cls(np.unique(np.array([bytes.fromhex(i) for i in ids], dtype=f"S{ID_BYTES}")))

    @classmethod
    def from_arrow(cls, blobs: pa.Array) -> PageIds:
        """Make a set of an Arrow array of 16-byte values."""
        fixed = blobs.cast(pa.binary(ID_BYTES))
        buffer = fixed.buffers()[1]
        if not len(fixed) or buffer is None:
            return cls.of(())
        flat = np.frombuffer(buffer, dtype=f"S{ID_BYTES}", count=len(fixed), offset=fixed.offset * ID_BYTES)
        return cls(np.unique(flat))

    def __len__(self) -> int:
        return len(self._sorted)

    def __contains__(self, page_id: object) -> bool:
        return isinstance(page_id, str) and bool(self.isin([page_id])[0])

    def __iter__(self) -> Iterator[str]:
        for value in self._sorted:
            yield value.ljust(ID_BYTES, b"\0").hex()  # numpy drops trailing zero bytes

    def isin(self, ids: list[str]) -> npt.NDArray[np.bool_]:
        """Say for each id whether it is in the set."""
        asked = np.array([bytes.fromhex(i) for i in ids], dtype=f"S{ID_BYTES}")
        if not len(self._sorted):
            return np.zeros(len(asked), dtype=np.bool_)
        at = np.searchsorted(self._sorted, asked)
        at[at == len(self._sorted)] = 0
        return np.asarray(self._sorted[at] == asked, dtype=np.bool_)
