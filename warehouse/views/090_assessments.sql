create or replace view assessments as
select
    a.page_id, a.source, a.run_id, a.assessed_at, a.policy, a.model, a.verdict, a.reject_probability,
    a.padding, a.promo, a.repetition, a.residue, a.status, a.reasons, true as latest
from article as a
union all
select
    p.page_id, p.source, p.run_id, p.assessed_at, p.policy, p.model, p.verdict, p.reject_probability,
    p.padding, p.promo, p.repetition, p.residue, p.status, p.reasons, false as latest
from past_assessment as p;

comment on view assessments is 'Every assessment that was made of a page, one row each time that another policy or model judged it; articles has the latest.';
comment on column assessments.page_id is 'Page that was assessed.';
comment on column assessments.source is 'Source of the page.';
comment on column assessments.run_id is 'Run that made the assessment.';
comment on column assessments.assessed_at is 'When (UTC).';
comment on column assessments.policy is 'Version and digest of the policy.';
comment on column assessments.model is 'Digests of the models.';
comment on column assessments.verdict is 'accept, review, reject or not_assessed.';
comment on column assessments.reject_probability is 'Calibrated probability of rejection, 0 to 1.';
comment on column assessments.padding is 'Score, 0 to 1.';
comment on column assessments.promo is 'Score, 0 to 1.';
comment on column assessments.repetition is 'Score, 0 to 1.';
comment on column assessments.residue is 'Score, 0 to 1.';
comment on column assessments.status is 'ok, or why the page was not assessed.';
comment on column assessments.reasons is 'Grounds of the verdict: signal, value, points, quote.';
comment on column assessments.latest is 'True for the assessment that articles shows.';
