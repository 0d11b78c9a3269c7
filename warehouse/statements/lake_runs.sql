select v.* from runs as v order by all
