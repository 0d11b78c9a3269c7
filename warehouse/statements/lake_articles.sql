select a.*, t.spans
from articles as a
inner join article as t on a.page_id = t.page_id
where t.run_id = $run_id;
