-- source_trend: Does a source get better or worse: its rejected share over time, with a 95 % interval?
--   source  source                       source to look at
--   step    day|week|month|quarter|year  how much time a row stands for
create or replace macro source_trend(source, step := 'month') as table
with own as (
    select p.page_id
    from page_sources as p
    where p.source = source
),

dated as (
    select
        date_trunc(step, coalesce(a.fetched_at, a.first_seen)) as period,
        a.verdict,
        a.reject_probability
    from articles as a
    where a.page_id in (select o.page_id from own as o)
),

counted as (
    select
        d.period,
        count(*) as pages,
        count(*) filter (where d.verdict <> 'not_assessed') as assessed,
        count(*) filter (where d.verdict = 'reject') as rejected,
        avg(d.reject_probability) as mean_probability
    from dated as d
    group by d.period
)

select
    cast(c.period as date) as period,
    c.pages,
    c.rejected,
    c.rejected / nullif(c.assessed, 0) as reject_rate,
    wilson_low(c.rejected, c.assessed) as reject_low,
    wilson_high(c.rejected, c.assessed) as reject_high,
    c.mean_probability
from counted as c
order by c.period;
comment on macro table source_trend is 'Does a source get better or worse: its rejected share over time, with a 95 % interval?';
