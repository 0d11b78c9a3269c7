-- Tables of the two files: "main" is the warehouse itself, whatever its file is called.
select case when t.database_name = current_database() then 'main' else t.database_name end, t.table_name
from duckdb_tables() as t
where not t.internal;
