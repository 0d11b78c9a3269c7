create or replace view runs as
select
    r.run_id,
    r.started,
    case when r.status <> 'stopped' then r.finished end as finished,  -- of a killed run the time is when the next one found it
    r.inputs,
    r.new + r.updated + r.unchanged + r.failed as pages,
    r.new,
    r.unchanged,
    r.failed,
    r.policy,
    r.model,
    r.code_version,
    r.updated,
    r.status,
    case when r.status <> 'stopped' then epoch(r.finished - r.started) end as seconds,
    r.review_threshold,
    r.reject_threshold,
    r.details,
    coalesce(cast(json_extract(r.details, '$.passed_over') as bigint), 0) as passed_over
from run as r;

comment on view runs is 'One row a run.';
comment on column runs.run_id is 'Id of the run.';
comment on column runs.started is 'When it began (UTC).';
comment on column runs.finished is 'When it ended (UTC); NULL while it runs, or when it was killed.';
comment on column runs.inputs is 'What it was asked to read.';
comment on column runs.pages is 'Pages it met and did not pass over, and inputs that failed: new, updated, unchanged and failed.';
comment on column runs.new is 'Pages that were not in the warehouse before.';
comment on column runs.unchanged is 'Pages that had been judged under the same policy and models.';
comment on column runs.failed is 'Pages and inputs that failed.';
comment on column runs.policy is 'Version and digest of its policy.';
comment on column runs.model is 'Digests of its models.';
comment on column runs.code_version is 'Version of quality.';
comment on column runs.updated is 'Pages that were judged again under another policy or model.';
comment on column runs.status is 'running, done, stopped or failed.';
comment on column runs.seconds is 'How long it took; NULL while it runs, or when it was killed.';
comment on column runs.review_threshold is 'Reject probability from which its policy says review.';
comment on column runs.reject_threshold is 'Reject probability from which its policy says reject.';
comment on column runs.details is 'Engine, workers and the like, as a JSON object.';
comment on column runs.passed_over is 'Pages of rejected sources that were not among the sampled share: read, not judged, not stored. A run after the source was released judges them.';
