-- Sources in the order in which a person would look at them: rejected ones first, then the most certainly bad.
select
    s.source,
    s.pages,
    s.accepted as accept,
    s.review,
    s.rejected as reject,
    s.not_assessed,
    s.reject_rate,
    s.reject_low,
    s.reject_high,
    s.status,
    s.since,
    s.reason,
    s.effective_pages,
    s.first_seen,
    s.assessed_at
from sources as s
order by
    case s.status when 'rejected' then 0 when 'probation' then 1 when 'unknown' then 2 else 3 end,
    s.reject_low desc nulls last,
    s.rejected desc,
    s.review desc,
    s.pages desc,
    s.source
limit $number
