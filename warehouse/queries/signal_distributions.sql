-- signal_distributions: How is each signal distributed over the pages that a run judged?
--   run  run  run to look at; without it the latest that judged pages
create or replace macro signal_distributions(run := null) as table
with chosen as (
    select r.run_id
    from runs as r
    where r.run_id in (select s.run_id from run_signals as s) and (run is null or r.run_id = run)
    order by r.started desc, r.run_id desc
    limit 1
)

select
    s.signal,
    s.pages,
    s.measured / s.pages as measured_fraction,
    s.fired / nullif(s.measured, 0) as fired_fraction,
    s.mean,
    s.minimum,
    s.p05,
    s.p25,
    s.p50,
    s.p75,
    s.p95,
    s.maximum
from run_signals as s
where s.run_id = (select c.run_id from chosen as c)
order by s.signal;
comment on macro table signal_distributions is 'How is each signal distributed over the pages that a run judged?';
