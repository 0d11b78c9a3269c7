-- why: Why has a page its verdict: which reasons, in order of points, with the sentences that show them?
--   page  page  page id, its first characters (six or more), URL or origin
create or replace macro why(page) as table
with chosen as (
    select a.page_id, a.url, a.origin, a.verdict, a.status, a.reject_probability, a.reasons
    from articles as a
    where
        a.page_id = page
        or a.url = page
        or a.origin = page
        or (length(page) >= 6 and starts_with(a.page_id, page))
    order by a.assessed_at desc, a.page_id
    limit 1
),

reasons as (
    select
        c.page_id,
        c.verdict,
        c.status,
        c.reject_probability,
        unnest(case when len(c.reasons) > 0 then c.reasons else [null] end) as reason
    from chosen as c
)

select
    r.page_id,
    r.verdict,
    r.status,
    r.reject_probability,
    r.reason.points as points,
    r.reason.signal as signal,
    r.reason.value as value,
    r.reason.quote as quote
from reasons as r
union all
select f.page_id, 'failed' as verdict, f.stage as status, null, null, null, null, f.error as quote
from failures as f
where f.page_id = page or f.url = page or f.origin = page or (length(page) >= 6 and starts_with(f.page_id, page))
order by points desc nulls last, signal;
comment on macro table why is 'Why has a page its verdict: which reasons, in order of points, with the sentences that show them?';
