select count(*) as pages
from article as a
inner join run as r on a.run_id = r.run_id
where r.lines_marked is null and a.line_roles is not null
