-- silent_rules: Which signals never (or hardly ever) fire, or can never be measured?
--   share  number  largest share of measured pages on which a signal fires that counts as silent
--   run    run     run to look at; without it all runs with the policy of the latest that judged pages
create or replace macro silent_rules(share := 0.0, run := null) as table
with measured as (
    select r.run_id, r.policy, r.started
    from runs as r
    where r.run_id in (select s.run_id from run_signals as s)
),

latest as (
    select m.policy from measured as m order by m.started desc, m.run_id desc limit 1
),

chosen as (
    select m.run_id
    from measured as m
    where case when run is null then m.policy = (select l.policy from latest as l) else m.run_id = run end
),

totals as (
    select s.signal, sum(s.pages) as pages, sum(s.measured) as measured, sum(s.fired) as fired
    from run_signals as s
    where s.run_id in (select c.run_id from chosen as c)
    group by s.signal
)

select
    t.signal,
    cast(t.pages as bigint) as pages,
    cast(t.measured as bigint) as measured,
    cast(t.fired as bigint) as fired,
    t.fired / nullif(t.measured, 0) as fired_fraction,
    case when t.measured = 0 then 'never measurable' when t.fired = 0 then 'never fires' else 'hardly fires' end as finding
from totals as t
where t.measured = 0 or t.fired <= share * t.measured
order by t.fired, t.measured desc, t.signal;
comment on macro table silent_rules is 'Which signals never (or hardly ever) fire, or can never be measured?';
