-- The spans of articles.
select e.page_id, e.kind, e.start, e."end", e.signal, e.score
from evidence as e
where e.page_id in (select unnest(from_json($ids, '["varchar"]')))
order by e.page_id, e.start, e."end", e.kind, e.signal
