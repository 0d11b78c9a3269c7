select v.* from failures as v order by all
