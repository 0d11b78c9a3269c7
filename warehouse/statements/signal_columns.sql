select c.column_name
from duckdb_columns() as c
where c.table_name = 'article_signal' and c.column_name <> 'page_id' and c.database_name = current_database();
