insert into gate_decision by name
select i.*
from incoming_decision as i
where not exists (select 1 from gate_decision as g where g.run_id = i.run_id and g.source = i.source);
