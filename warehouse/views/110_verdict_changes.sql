create or replace view verdict_changes as
select
    p.page_id,
    p.source,
    p.run_id,
    p.policy,
    p.model,
    p.verdict,
    p.reject_probability,
    p.reasons,
    p.next_run_id,
    p.next_policy,
    p.next_model,
    p.next_verdict,
    p.next_reject_probability
from past_assessment as p
where p.verdict <> p.next_verdict;

comment on view verdict_changes is 'Each time a page''s verdict changed when it was judged again.';
comment on column verdict_changes.page_id is 'Page whose verdict changed.';
comment on column verdict_changes.source is 'Source of the page.';
comment on column verdict_changes.run_id is 'Run that had judged it before.';
comment on column verdict_changes.policy is 'Policy of that run.';
comment on column verdict_changes.model is 'Models of that run.';
comment on column verdict_changes.verdict is 'Verdict before.';
comment on column verdict_changes.reject_probability is 'Reject probability before.';
comment on column verdict_changes.reasons is 'Grounds of the verdict before.';
comment on column verdict_changes.next_run_id is 'Run that judged it again.';
comment on column verdict_changes.next_policy is 'Policy of that run.';
comment on column verdict_changes.next_model is 'Models of that run.';
comment on column verdict_changes.next_verdict is 'Verdict after.';
comment on column verdict_changes.next_reject_probability is 'Reject probability after.';
