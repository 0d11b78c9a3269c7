-- Sources in the order in which a person would look at them: rejected ones first, then the most certainly bad. The first
-- $number, and of those that the gate has decided on the first $decided: in a wide crawl thousands of single pages stand
-- before a source that is known and accepted.
with ranked as (
    select
        s.source,
        s.pages,
        s.accepted as accept,
        s.review,
        s.rejected as reject,
        s.not_assessed,
        s.estimated_rate,
        s.reject_low,
        s.reject_high,
        s.status,
        s.since,
        s.reason,
        s.effective_pages,
        s.first_seen,
        s.assessed_at,
        s.platform,
        row_number() over (
            order by
                case s.status when 'rejected' then 0 when 'probation' then 1 when 'unknown' then 2 else 3 end,
                s.reject_low desc nulls last,
                s.rejected desc,
                s.review desc,
                s.pages desc,
                s.source
        ) as place
    from sources as s
)

select r.*, row_number() over (partition by r.status = 'unknown' order by r.place) as place_among_known
from ranked as r
qualify r.place <= $number or (r.status <> 'unknown' and place_among_known <= $decided)
order by r.place
