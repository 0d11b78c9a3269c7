-- What the gate decided about sources, the latest first.
select g.source, g.decided_at, g.from_status, g.to_status, g.reason, g.pages, g.reject_rate, g.reject_low, g.reject_high
from gate_decisions as g
where g.source in (select unnest(from_json($sources, '["varchar"]')))
order by g.source, g.decided_at desc
