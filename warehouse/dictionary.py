"""Write docs/warehouse.md, the data dictionary, from the comments in the database: `python -m warehouse.dictionary`.

What people read about a view, a column or a named query is the comment that stands beside its SQL; the same text is
shown by any DuckDB client. A test fails when the file is older than the comments.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from warehouse.connection import Connection, open_writer
from warehouse.migrate import ROOM, migrate, statement
from warehouse.named import NamedQuery, list_named

TARGET = ROOM.parent / "docs" / "warehouse.md"

HEAD = ROOM / "dictionary_head.md"
"""What people must know before they look up a column."""


def render() -> str:
    """Return the text of the dictionary."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        connection = open_writer(folder / "empty.duckdb", stored=folder / "articles.duckdb", folders=[folder])
        try:
            migrate(connection)
            views = connection.execute(statement("view_comments")).fetchall()
            macros = connection.execute(statement("macro_signatures")).fetchall()
            parts = [
                HEAD.read_text(encoding="utf-8"),
                "\n## Views\n",
                *(_view(connection, view, comment) for view, comment in views),
            ]
        finally:
            connection.close()
    parts += ["\n## Named queries\n", *(_query(query) for query in list_named())]
    parts += ["\n## Functions\n\n", *(f"- `{name}({', '.join(arguments)})`\n" for name, arguments in macros)]
    return "".join(parts)


def _view(connection: Connection, view: str, comment: str) -> str:
    columns = connection.execute(statement("column_comments"), {"view": view}).fetchall()
    rows = "".join(f"| `{name}` | {_short(kind)} | {_cell(text)} |\n" for name, kind, text in columns)
    return f"\n### {view}\n\n{comment}\n\n| column | type | meaning |\n|---|---|---|\n{rows}"


def _query(query: NamedQuery) -> str:
    rows = "".join(
        f"- `{p.name}` ({p.type}{'' if p.default is None else f', default {p.default}'}): {p.meaning}\n"
        for p in query.parameters
    )
    return (
        f"\n### {query.name}\n\n{query.question}\n\n`quality sql {query.usage}`\n{'' if not rows else chr(10) + rows}"
    )


def _short(kind: str) -> str:
    """Return a type without the fields of its structs, which the comment names."""
    if kind.startswith("STRUCT"):
        return "STRUCT[]" if kind.endswith("[]") else "STRUCT"
    return kind


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;")


def main() -> None:
    """Write the file."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
