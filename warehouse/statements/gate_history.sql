select g.source, g.decided_at, g.run_id, g.from_status, g.to_status, g.details
from gate_decision as g
order by g.rowid;  -- as they were made, whatever the clock said
