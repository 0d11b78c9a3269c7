-- The latest failures.
select f.page, f.url, f.stage, f.error, f.failed_at, f.run_id
from failures as f
order by f.failed_at desc, f.page_id
limit $number
