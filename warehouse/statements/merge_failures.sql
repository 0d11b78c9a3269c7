merge into failure as f
using (
    select
        p.page_id,
        p.source,
        p.url,
        p.origin,
        p.body_sha256,
        cast(try_cast(p.fetched_at as timestamptz) as timestamp) as said_at,
        case
            when said_at between timestamp '1990-01-01' and p.assessed_at + interval 1 day then said_at
        end as fetched_at,  -- a time that cannot be true is none
        coalesce(p.failure_stage, 'unknown') as stage,
        p.failure_error as error,
        p.assessed_at as failed_at,
        p.run_id,
        p.policy,
        p.model,
        p.seconds,
        p.extra
    from read_parquet(getvariable('part_paths'), filename = true, file_row_number = true, hive_partitioning = false) as p
    inner join incoming as i on p.filename = i.filename and p.file_row_number = i.file_row_number
    where i.action = 'failed'
) as m
on f.page_id = m.page_id
when matched and m.failed_at > f.failed_at then update set
    stage = m.stage,
    error = m.error,
    failed_at = m.failed_at,
    run_id = m.run_id,
    policy = m.policy,
    model = m.model,
    seconds = m.seconds
when not matched then insert (
    page_id, source, url, origin, body_sha256, fetched_at, stage, error, first_seen, failed_at,
    run_id, policy, model, seconds, extra
) values (
    m.page_id, m.source, m.url, m.origin, m.body_sha256, m.fetched_at, m.stage, m.error, m.failed_at, m.failed_at,
    m.run_id, m.policy, m.model, m.seconds, m.extra
);
