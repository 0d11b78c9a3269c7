-- One row a page of the parts in the variable part_paths, and what is to be done with it. A page that stands in the
-- parts more than once counts once: a success before a failure, then the latest. Of a part that was left over from an older run
-- (variable left_over) what was judged before the present assessment stays out; a run's own parts are the newest whatever its clock says.
create or replace temp table incoming as
with stated as (
    select
        p.page_id,
        p.filename,
        p.file_row_number,
        p.failure_error is not null as is_failure,
        p.run_id,
        p.policy,
        p.model,
        p.assessed_at,
        p.verdict,
        p.reject_probability
    from read_parquet(getvariable('part_paths'), filename = true, file_row_number = true, hive_partitioning = false) as p
),

chosen as (
    select s.*
    from stated as s
    qualify row_number() over (
        partition by s.page_id order by s.is_failure, s.assessed_at desc, s.filename, s.file_row_number
    ) = 1
)

select
    c.*,
    case
        when c.is_failure and a.page_id is not null then 'kept'  -- these bytes were judged before: that stands
        when c.is_failure and f.run_id = c.run_id then 'failed before'
        when c.is_failure then 'failed'
        when a.page_id is null then 'new'
        when a.run_id = c.run_id then 'merged before'
        when a.policy = c.policy and a.model = c.model then 'unchanged'
        when getvariable('left_over') and c.assessed_at <= a.assessed_at then 'unchanged'
        else 'updated'
    end as action
from chosen as c
left join article as a on c.page_id = a.page_id
left join failure as f on c.page_id = f.page_id;
