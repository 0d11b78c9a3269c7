-- policy_flips: Whose verdict flipped when a policy (or model) replaced another, and for what reasons?
--   before  text     beginning of the earlier policy's name; without it any
--   after   text     beginning of the later policy's name; without it any
--   number  integer  rows at most
create or replace macro policy_flips(before := null, after := null, number := 100) as table
with flips as (
    select v.*
    from verdict_changes as v
    where
        (before is null or starts_with(v.policy, before))
        and (after is null or starts_with(v.next_policy, after))
),

shown as (
    select f.*, count(*) over (partition by f.policy, f.next_policy, f.verdict, f.next_verdict) as such_flips
    from flips as f
    order by abs(f.next_reject_probability - f.reject_probability) desc nulls last, f.page_id, f.next_run_id
    limit number
)

select
    s.page_id,
    s.source,
    s.policy as policy_before,
    s.next_policy as policy_after,
    s.verdict as verdict_before,
    s.next_verdict as verdict_after,
    s.reject_probability as probability_before,
    s.next_reject_probability as probability_after,
    reason_summary(s.reasons) as reasons_before,
    reason_summary(n.reasons) as reasons_after,
    s.such_flips
from shown as s
left join assessments as n on s.page_id = n.page_id and s.next_run_id = n.run_id
order by abs(s.next_reject_probability - s.reject_probability) desc nulls last, s.page_id, s.next_run_id;
comment on macro table policy_flips is 'Whose verdict flipped when a policy (or model) replaced another, and for what reasons?';
