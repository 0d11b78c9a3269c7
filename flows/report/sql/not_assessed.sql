-- Why articles were not assessed; numbers in the reasons are taken out so that like counts with like.
select regexp_replace(a.status, '[0-9]+', 'N', 'g') as status, count(*) as pages
from articles as a where a.verdict = 'not_assessed'
group by regexp_replace(a.status, '[0-9]+', 'N', 'g') order by pages desc, status limit 12
