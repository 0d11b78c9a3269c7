select a.page_id
from articles as a
where a.page_id = $page or a.url = $page or a.origin = $page or (length($page) >= 6 and starts_with(a.page_id, $page))
union all
select f.page_id
from failures as f
where f.page_id = $page or f.url = $page or f.origin = $page or (length($page) >= 6 and starts_with(f.page_id, $page))
limit 1;
