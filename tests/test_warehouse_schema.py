"""The schema: migrations that are applied once, the contract's views, a comment on everything, the dictionary."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse_cases import empty_warehouse, rows_of, small_warehouse
from warehouse import dictionary
from warehouse.connection import open_writer
from warehouse.errors import MigrationError
from warehouse.migrate import ROOM, migrate, migrations
from warehouse.store import Warehouse

CONTRACT = {
    "articles": "page_id source url title language page_type verdict reject_probability padding promo repetition residue "
    "words text clean_text charset repairs status first_seen assessed_at run_id policy model",
    "evidence": "page_id kind start end quote signal score",
    "signals": "page_id signal value",
    "signals_wide": "page_id",
    "sources": "source pages accepted review rejected reject_rate reject_low reject_high status since reason",
    "gate_decisions": "source decided_at from_status to_status reason pages reject_rate reject_low reject_high",
    "failures": "page stage error run_id",
    "runs": "run_id started finished inputs pages new unchanged failed policy model code_version",
}


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return empty_warehouse(tmp_path)


@pytest.mark.parametrize("view", CONTRACT)
def test_the_contract_s_views_have_its_columns_first(view: str, warehouse: Warehouse) -> None:
    columns = [
        r["column_name"]
        for r in rows_of(
            warehouse, f"select column_name from duckdb_columns() where table_name = '{view}' order by column_index"
        )
    ]
    wanted = CONTRACT[view].split()
    assert [c for c in columns if c in wanted] == wanted


def test_every_view_every_column_and_every_macro_has_a_comment(warehouse: Warehouse) -> None:
    bare = rows_of(
        warehouse,
        """
        select view_name as name from duckdb_views() where not internal and comment is null
        union all select table_name from duckdb_tables() where not internal and not temporary and comment is null
        union all
        select c.table_name || '.' || c.column_name
        from duckdb_columns() as c inner join duckdb_views() as v on c.table_name = v.view_name
        where not v.internal and c.comment is null
        """,
    )
    assert bare == []
    files = [
        *sorted((ROOM / "queries").glob("*.sql")),
        ROOM / "views" / "040_wilson.sql",
        ROOM / "views" / "041_reason_summary.sql",
    ]
    assert [f.name for f in files if "comment on macro" not in f.read_text()] == []


def test_views_have_files_in_order_and_every_query_is_bound(tmp_path: Path) -> None:
    names = [p.name for p in sorted((ROOM / "views").glob("*.sql"))]
    assert all(n[:3].isdigit() and n[3] == "_" for n in names)
    assert len({n[:3] for n in names}) == len(names)


def test_migrating_again_does_nothing(warehouse: Warehouse) -> None:
    before = rows_of(warehouse, "from migration")
    assert Warehouse(warehouse.path).migrate() == 0
    assert rows_of(warehouse, "from migration") == before
    assert len(before) == len(migrations())


def test_views_are_made_anew_when_their_text_changed(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.migrate.view_sql", lambda: "create or replace view more as select 1 as one;")
    Warehouse(warehouse.path).migrate()
    assert rows_of(warehouse, "from more") == [{"one": 1}]


def _folder(path: Path, **files: str) -> Path:
    path.mkdir(exist_ok=True)
    for migration in migrations():
        (path / f"{migration.number:03d}_{migration.name}.sql").write_text(migration.sql)
    for name, sql in files.items():
        (path / f"{name.removeprefix('m')}.sql").write_text(sql)
    return path


def test_a_migration_that_was_edited_after_it_was_applied_is_an_error(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "migrations")
    connection = open_writer(tmp_path / "x.duckdb", stored=tmp_path / "s.duckdb", folders=[tmp_path])
    migrate(connection, folder=folder)
    first = sorted(folder.glob("*.sql"))[0]
    first.write_text(first.read_text() + "-- afterthought\n")
    with pytest.raises(MigrationError, match=r"001_tables\.sql was changed after it had been applied"):
        migrate(connection, folder=folder)
    connection.close()


def test_a_migration_that_fails_leaves_nothing_and_is_not_noted(tmp_path: Path) -> None:
    number = len(migrations()) + 1
    folder = _folder(
        tmp_path / "migrations",
        **{f"m{number:03d}_bad": "create table half (a integer); create table half (a integer);"},
    )
    connection = open_writer(tmp_path / "x.duckdb", stored=tmp_path / "s.duckdb", folders=[tmp_path])
    with pytest.raises(Exception, match="half"):
        migrate(connection, folder=folder)
    assert connection.execute("select count(*) from migration").fetchall() == [(number - 1,)]
    assert connection.execute("select count(*) from duckdb_tables() where table_name = 'half'").fetchall() == [(0,)]
    (folder / f"{number:03d}_bad.sql").write_text("create table whole (a integer);")
    assert migrate(connection, folder=folder) == 1
    connection.close()


def test_a_warehouse_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    number = len(migrations()) + 1
    folder = _folder(tmp_path / "migrations", **{f"m{number:03d}_later": "create table later (a integer);"})
    connection = open_writer(tmp_path / "x.duckdb", stored=tmp_path / "s.duckdb", folders=[tmp_path])
    migrate(connection, folder=folder)
    with pytest.raises(MigrationError, match="written by a newer version"):
        migrate(connection)
    connection.close()


@pytest.mark.parametrize("name", ["m2_short", "m002-dash", "m003_gap"])
def test_migrations_are_numbered_without_gaps(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "001_tables.sql").write_text("select 1;")
    (folder / f"{name.removeprefix('m')}.sql").write_text("select 1;")
    with pytest.raises(MigrationError):
        migrations(folder)


def test_the_data_dictionary_is_up_to_date() -> None:
    written = dictionary.TARGET.read_text(encoding="utf-8")
    assert written == dictionary.render(), "docs/warehouse.md is stale: python -m warehouse.dictionary"


def test_no_statement_is_unused() -> None:
    code = "".join(p.read_text() for p in ROOM.glob("*.py"))
    built = ("lake_", "copy_")  # names that are put together
    names = [p.stem for p in (ROOM / "statements").glob("*.sql") if not p.stem.startswith(built)]
    assert [name for name in names if f'"{name}"' not in code] == []


def test_an_unknown_database_file_is_refused(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    (warehouse.work / "writer.duckdb").write_bytes(b"this is no database" * 1000)
    with pytest.raises(Exception, match=r"writer\.duckdb cannot be opened"):
        warehouse.known_pages("p1", "m1")
