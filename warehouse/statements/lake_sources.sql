select v.* from sources as v order by all
