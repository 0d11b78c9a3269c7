select count(*)
from article as a
where
    not (a.policy = $policy and a.model = $model)
    and a.page_id not in (select s.page_id from stored.stored_article as s);
