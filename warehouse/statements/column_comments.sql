select c.column_name, c.data_type, c.comment
from duckdb_columns() as c
where c.table_name = $view and c.database_name = current_database()
order by c.column_index;
