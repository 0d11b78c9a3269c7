-- Verdicts by language, the twenty commonest.
select
    coalesce(a.language, 'unknown') as language,
    count(*) as pages,
    count(*) filter (where a.verdict = 'accept') as accept,
    count(*) filter (where a.verdict = 'review') as review,
    count(*) filter (where a.verdict = 'reject') as reject,
    count(*) filter (where a.verdict = 'not_assessed') as not_assessed
from articles as a
group by coalesce(a.language, 'unknown')
order by pages desc, language
limit 20
