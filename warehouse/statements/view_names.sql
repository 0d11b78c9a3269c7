select v.view_name
from duckdb_views() as v
where not v.internal and v.database_name = current_database()
order by v.view_name;
