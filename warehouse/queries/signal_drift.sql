-- signal_drift: Has a signal's distribution moved between two runs (population stability index over reference deciles)?
--   run      run  run to look at; without it the latest that judged pages
--   against  run  reference; without it the run before that judged pages
--
-- Below 0.1 is taken for stable, above 0.25 for a shift (Siddiqi 2006). Pages where the signal is not measurable are a
-- group of their own. Half a page is added to each group, so that an empty one does not give infinity; with fewer than
-- some 200 pages a run the index is mostly chance. `fired` is the share of the pages on which the signal was measurable.
create or replace macro signal_drift(run := null, against := null) as table
with measured as (
    select r.run_id, r.started
    from runs as r
    where r.run_id in (select s.run_id from run_signals as s)
),

present as (
    select m.run_id, m.started
    from measured as m
    where run is null or m.run_id = run
    order by m.started desc, m.run_id desc
    limit 1
),

reference as (
    select m.run_id
    from measured as m, present as p
    where case when against is null then (m.started, m.run_id) < (p.started, p.run_id) else m.run_id = against end
    order by m.started desc, m.run_id desc
    limit 1
),

bins as (
    select
        b.signal,
        b.bin,
        coalesce(sum(b.pages) filter (where b.run_id = (select r.run_id from reference as r)), 0) as old,
        coalesce(sum(b.pages) filter (where b.run_id = (select p.run_id from present as p)), 0) as new
    from run_signal_bin as b
    where b.run_id in (select r.run_id from reference as r union all select p.run_id from present as p)
    group by b.signal, b.bin
),

deciles as (
    select
        b.signal,
        case when b.bin is not null then
            least(9, floor(10 * (sum(b.old) over (
                partition by b.signal, b.bin is null order by b.bin rows between unbounded preceding and current row
            ) - b.old / 2) / nullif(sum(b.old) over (partition by b.signal, b.bin is null), 0)))
        end as decile,
        b.old,
        b.new
    from bins as b
),

groups as (
    select d.signal, d.decile, sum(d.old) as old, sum(d.new) as new
    from deciles as d
    group by d.signal, d.decile
),

shares as (
    select
        g.signal,
        g.old,
        g.new,
        (g.old + 0.5) / (sum(g.old) over (partition by g.signal) + 0.5 * count(*) over (partition by g.signal)) as old_share,
        (g.new + 0.5) / (sum(g.new) over (partition by g.signal) + 0.5 * count(*) over (partition by g.signal)) as new_share
    from groups as g
),

indexes as (
    select
        s.signal,
        sum(s.old) as pages_before,
        sum(s.new) as pages,
        sum((s.new_share - s.old_share) * ln(s.new_share / s.old_share)) as psi
    from shares as s
    group by s.signal
)

select
    i.signal,
    i.psi,
    case when i.psi < 0.1 then 'stable' when i.psi < 0.25 then 'moved' else 'shifted' end as drift,
    old.mean as mean_before,
    new.mean as mean,
    old.p50 as p50_before,
    new.p50 as p50,
    old.fired / nullif(old.measured, 0) as fired_before,
    new.fired / nullif(new.measured, 0) as fired,
    cast(i.pages_before as bigint) as pages_before,
    cast(i.pages as bigint) as pages
from indexes as i
left join run_signals as old on i.signal = old.signal and old.run_id = (select r.run_id from reference as r)
left join run_signals as new on i.signal = new.signal and new.run_id = (select p.run_id from present as p)
where exists (select 1 from reference)
order by i.psi desc, i.signal;
comment on macro table signal_drift is 'Has a signal''s distribution moved between two runs (population stability index over reference deciles)?';
