-- Sources by status, authors on platforms among them.
select s.status, count(*) as sources, count(s.platform) as authors
from sources as s
group by s.status
order by sources desc, s.status
