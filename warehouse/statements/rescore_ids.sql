select a.page_id
from article as a
where not (a.policy = $policy and a.model = $model) and a.article is not null
order by a.page_id;
