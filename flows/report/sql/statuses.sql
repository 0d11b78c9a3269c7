-- Sources by status.
select s.status, count(*) as sources, sum(s.pages) as pages
from sources as s
group by s.status
order by sources desc, s.status
