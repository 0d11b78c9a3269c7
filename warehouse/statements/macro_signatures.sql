select f.function_name, f.parameters
from duckdb_functions() as f
where f.function_type = 'macro' and not f.internal and f.database_name = current_database()
order by f.function_name;
