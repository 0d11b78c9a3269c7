-- failure_causes: What do pages fail of, and on how many sources?
--   run     run      only failures of this run; without it all
--   number  integer  rows at most
create or replace macro failure_causes(run := null, number := 50) as table
with causes as (
    select
        f.stage,
        left(
            regexp_replace(regexp_replace(f.error, '''[^'']*''|"[^"]*"', '…', 'g'), '[0-9]+', 'N', 'g'), 160
        ) as cause,
        f.page,
        f.source,
        f.failed_at
    from failures as f
    where run is null or f.run_id = run
)

select
    c.stage,
    c.cause,
    count(*) as pages,
    count(distinct c.source) as sources,
    max(c.failed_at) as latest,
    arg_max(c.page, (c.failed_at, c.page)) as example
from causes as c
group by c.stage, c.cause
order by pages desc, c.stage, c.cause
limit number;
comment on macro table failure_causes is 'What do pages fail of, and on how many sources?';
