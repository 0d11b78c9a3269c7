insert into run (
    run_id, started, finished, status, inputs, policy, model, code_version, review_threshold, reject_threshold,
    new, updated, unchanged, failed, details
)
select
    $run_id, $started, null, 'running', $inputs, $policy, $model, $code_version, $review_threshold, $reject_threshold,
    0, 0, 0, 0, $details
where not exists (select 1 from run as r where r.run_id = $run_id);
