-- run_history: What did the latest runs do, and how fast were they?
--   number  integer  rows at most
create or replace macro run_history(number := 20) as table
select
    r.run_id,
    r.started,
    r.status,
    r.pages,
    r.new,
    r.updated,
    r.unchanged,
    r.failed,
    r.seconds,
    (r.new + r.updated) / nullif(r.seconds, 0) as pages_a_second,
    r.policy,
    r.model
from runs as r
order by r.started desc, r.run_id desc
limit number;
comment on macro table run_history is 'What did the latest runs do, and how fast were they?';
