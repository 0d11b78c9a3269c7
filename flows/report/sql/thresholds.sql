-- Where the verdicts of the latest policy begin. No row while no run has noted them.
select r.review_threshold as review, r.reject_threshold as reject, r.policy, r.model
from runs as r
where r.reject_threshold is not null
order by r.started desc, r.run_id desc
limit 1
