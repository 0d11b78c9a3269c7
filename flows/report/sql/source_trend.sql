-- Rejected share of sources over time, by the finest step that needs no more than $periods points, for each source by itself.
with dated as (
    select p.source, a.verdict, coalesce(a.fetched_at, a.first_seen) as at
    from page_sources as p
    inner join articles as a on p.page_id = a.page_id
    where p.source in (select unnest(from_json($sources, '["varchar"]')))
),

steps as (
    select
        d.source,
        case
            when date_diff('day', min(d.at), max(d.at)) < $periods then 'day'
            when date_diff('week', min(d.at), max(d.at)) < $periods then 'week'
            when date_diff('month', min(d.at), max(d.at)) < $periods then 'month'
            when date_diff('quarter', min(d.at), max(d.at)) < $periods then 'quarter'
            else 'year'
        end as step
    from dated as d
    group by d.source
),

counted as (
    select
        d.source, s.step, date_trunc(s.step, d.at) as period,
        count(*) filter (where d.verdict <> 'not_assessed') as assessed,
        count(*) filter (where d.verdict = 'reject') as rejected
    from dated as d
    inner join steps as s on d.source = s.source
    group by d.source, s.step, date_trunc(s.step, d.at)
)

select
    c.source, c.step, cast(c.period as date) as period, c.assessed, c.rejected, c.rejected / c.assessed as reject_rate,
    wilson_low(c.rejected, c.assessed) as reject_low, wilson_high(c.rejected, c.assessed) as reject_high
from counted as c
where c.assessed > 0
qualify row_number() over (partition by c.source order by c.period desc) <= $periods
order by c.source, c.period
