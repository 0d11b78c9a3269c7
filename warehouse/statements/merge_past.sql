-- What is about to be overwritten becomes history.
insert into past_assessment (
    page_id, source, run_id, assessed_at, policy, model, verdict, reject_probability,
    padding, promo, repetition, residue, status, reasons, next_run_id, next_policy, next_model,
    next_verdict, next_reject_probability
)
select
    a.page_id, a.source, a.run_id, a.assessed_at, a.policy, a.model, a.verdict, a.reject_probability,
    a.padding, a.promo, a.repetition, a.residue, a.status, a.reasons, i.run_id, i.policy, i.model,
    i.verdict, i.reject_probability
from incoming as i
inner join article as a on i.page_id = a.page_id
where i.action = 'updated';
