select v.view_name from duckdb_views() as v where not v.internal order by v.view_name
