create or replace view gate_decisions as
select
    g.source,
    g.decided_at,
    g.run_id,
    g.from_status,
    g.to_status,
    g.reason,
    g.pages,
    g.effective_pages,
    g.rejected,
    g.reject_rate,
    g.reject_low,
    g.reject_high,
    g.policy,
    g.details
from gate_decision as g;

comment on view gate_decisions is 'Every change of a source''s status, and of what people decided about it, with the numbers it was decided on.';
comment on column gate_decisions.source is 'Source whose status changed.';
comment on column gate_decisions.decided_at is 'When (UTC).';
comment on column gate_decisions.run_id is 'Run in which the gate decided.';
comment on column gate_decisions.from_status is 'Status before; unknown for a source that had none.';
comment on column gate_decisions.to_status is 'Status after.';
comment on column gate_decisions.reason is 'Why.';
comment on column gate_decisions.pages is 'Pages of the source that were assessed.';
comment on column gate_decisions.effective_pages is 'Number of independent pages they stand for.';
comment on column gate_decisions.rejected is 'Rejected ones among these pages.';
comment on column gate_decisions.reject_rate is 'The gate''s estimate of the share of bad pages: by their probabilities, a group of near-duplicates counting as two pages at most, drawn towards what is usual of sources while pages are few.';
comment on column gate_decisions.reject_low is 'Lower end of the interval of that estimate.';
comment on column gate_decisions.reject_high is 'Upper end of that interval.';
comment on column gate_decisions.policy is 'Version and digest of the policy with the gate''s parameters.';
comment on column gate_decisions.details is 'Other numbers, as a JSON object.';
