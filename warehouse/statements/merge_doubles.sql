-- Must be empty: pages that stand twice, or on both sides, after a merge.
select a.page_id
from article as a
where a.page_id in (select i.page_id from incoming as i)
group by a.page_id
having count(*) > 1
union all
select s.page_id
from article_signal as s
where s.page_id in (select i.page_id from incoming as i)
group by s.page_id
having count(*) > 1
union all
select f.page_id
from failure as f
where f.page_id in (select i.page_id from incoming as i)
group by f.page_id
having count(*) > 1 or f.page_id in (select a.page_id from article as a);
