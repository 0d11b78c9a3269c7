select a.page_id, a.source, a.page_type, a.verdict, a.text, a.line_roles, a.spans
from article as a
where a.page_id in (select unnest($ids))
order by a.source, a.page_id
