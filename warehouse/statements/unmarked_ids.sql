select a.page_id
from article as a
inner join run as r on a.run_id = r.run_id
where r.lines_marked is null and a.line_roles is not null and a.source in (select unnest($sources))
order by a.source, a.page_id
