select
    s.source, s.status, s.since, s.reason, s.pages, s.effective_pages, s.rejected, s.reject_rate, s.reject_low,
    s.reject_high, s.policy, s.decided_at, s.run_id, s.details
from source_status as s
order by s.source;
