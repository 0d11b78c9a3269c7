-- The commonest repairs of the encoding.
select r.repair.original as original, r.repair.restored as restored, r.repair.rule as rule, r.repair.codec as codec,
    sum(r.repair.count) as times, count(distinct r.page_id) as pages
from (select a.page_id, unnest(a.repairs) as repair from articles as a where len(a.repairs) > 0) as r
group by all
order by times desc, original, restored, rule, codec
limit 60
