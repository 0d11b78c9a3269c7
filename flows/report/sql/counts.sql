-- How many articles, by verdict, and what else there is. One row.
select
    count(*) as pages,
    count(distinct a.source) as sources,
    coalesce(sum(a.words), 0) as words,
    count(*) filter (where a.verdict = 'accept') as accept,
    count(*) filter (where a.verdict = 'review') as review,
    count(*) filter (where a.verdict = 'reject') as reject,
    count(*) filter (where a.verdict = 'not_assessed') as not_assessed,
    count(*) filter (where len(a.repairs) > 0) as repaired,
    count(*) filter (where a.damage > 0) as damaged,
    (select count(*) from failures) as failures,
    (select count(*) from runs) as runs,
    (select max(coalesce(r.finished, r.started)) from runs as r) as as_of
from articles as a
