select a.page_id
from article as a
where
    not (a.policy = $policy and a.model = $model)
    and a.page_id in (select s.page_id from stored.stored_article as s)
order by a.page_id;
