select v.* from gate_decisions as v order by all
