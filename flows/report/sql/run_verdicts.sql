-- What each run judged its pages to be, also where a later run judged them again.
with counted as (
    select
        a.run_id,
        count(*) filter (where a.verdict = 'accept') as accept,
        count(*) filter (where a.verdict = 'review') as review,
        count(*) filter (where a.verdict = 'reject') as reject,
        count(*) filter (where a.verdict = 'not_assessed') as not_assessed,
        count(*) filter (where a.verdict <> 'not_assessed') as assessed,
        quantile_cont(a.reject_probability, [0.25, 0.5, 0.75]) as quartiles
    from assessments as a
    group by a.run_id
)

select
    c.run_id,
    c.accept,
    c.review,
    c.reject,
    c.not_assessed,
    c.reject / nullif(c.assessed, 0) as reject_rate,
    wilson_low(c.reject, c.assessed) as reject_low,
    wilson_high(c.reject, c.assessed) as reject_high,
    c.quartiles[1] as p25,
    c.quartiles[2] as p50,
    c.quartiles[3] as p75
from counted as c
