-- coverage: Which languages and page types are covered, and what becomes of them?
create or replace macro coverage() as table
select
    coalesce(a.language, 'unknown') as language,
    coalesce(a.page_type, 'unknown') as page_type,
    count(*) as pages,
    count(distinct a.source) as sources,
    count(*) filter (where a.verdict = 'accept') as accepted,
    count(*) filter (where a.verdict = 'review') as review,
    count(*) filter (where a.verdict = 'reject') as rejected,
    count(*) filter (where a.verdict = 'not_assessed') as not_assessed,
    avg(a.reject_probability) as mean_probability,
    cast(sum(a.words) as bigint) as words
from articles as a
group by coalesce(a.language, 'unknown'), coalesce(a.page_type, 'unknown')
order by pages desc, language, page_type;
comment on macro table coverage is 'Which languages and page types are covered, and what becomes of them?';
