-- Charsets, how they were found, and what damage came with them.
select a.charset, a.charset_method, count(*) as pages, count(*) filter (where len(a.repairs) > 0) as repaired,
    count(*) filter (where a.damage > 0) as damaged
from articles as a
group by a.charset, a.charset_method
order by pages desc, a.charset, a.charset_method
limit 30
