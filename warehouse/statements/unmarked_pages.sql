-- In the order of storage: pages of a source lie all over the table, and its texts are packed in blocks.
select a.page_id, a.source, a.page_type, a.verdict, a.text, a.line_roles, a.spans
from article as a
inner join run as r on a.run_id = r.run_id
where r.lines_marked is null and a.line_roles is not null and a.source in (select unnest($sources))
