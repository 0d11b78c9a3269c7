-- near_misses: Which pages are so close to a threshold that a little would change their verdict?
--   margin  number   largest distance of the reject probability to a threshold of the latest policy
--   number  integer  rows at most
create or replace macro near_misses(margin := 0.05, number := 50) as table
with policy as (
    select r.review_threshold, r.reject_threshold
    from runs as r
    where r.reject_threshold is not null
    order by r.started desc, r.run_id desc
    limit 1
),

thresholds as (
    select 'review' as threshold, p.review_threshold as at from policy as p where p.review_threshold is not null
    union all
    select 'reject' as threshold, p.reject_threshold as at from policy as p
),

near as (
    select
        a.page_id,
        a.source,
        a.title,
        a.verdict,
        a.reject_probability,
        t.threshold,
        t.at,
        a.reject_probability - t.at as distance
    from articles as a
    inner join thresholds as t on a.reject_probability between t.at - margin and t.at + margin
    order by abs(distance), a.page_id, t.threshold
    limit number
)

select n.page_id, n.source, n.title, n.verdict, n.reject_probability, n.threshold, n.at, n.distance, reason_summary(a.reasons) as reasons
from near as n
inner join articles as a on n.page_id = a.page_id
order by abs(n.distance), n.page_id, n.threshold;
comment on macro table near_misses is 'Which pages are so close to a threshold that a little would change their verdict?';
