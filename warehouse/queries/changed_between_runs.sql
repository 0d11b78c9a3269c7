-- changed_between_runs: Which pages have another verdict after a run than after an earlier one, and for what reasons?
--   first   run      one run; without it the run before the other one
--   second  run      other run, before or after it; without it the latest
--   number  integer  rows at most
create or replace macro changed_between_runs(first := null, second := null, number := 100) as table
with other as (
    select r.run_id, r.started
    from runs as r
    where second is null or r.run_id = second
    order by r.started desc, r.run_id desc
    limit 1
),

one as (
    select r.run_id, r.started
    from runs as r, other as o
    where case when first is null then (r.started, r.run_id) < (o.started, o.run_id) else r.run_id = first end
    order by r.started desc, r.run_id desc
    limit 1
),

earlier as (
    select least(n.started, o.started) as started from one as n, other as o
),

later as (
    select greatest(n.started, o.started) as started from one as n, other as o
),

before as (
    select p.page_id, p.source, p.verdict, p.reject_probability, p.reasons
    from past_assessment as p
    inner join runs as made on p.run_id = made.run_id
    inner join runs as replaced on p.next_run_id = replaced.run_id
    where
        made.started <= (select e.started from earlier as e)
        and replaced.started > (select e.started from earlier as e)
        and replaced.started <= (select l.started from later as l)
),

after as (
    select p.page_id, p.verdict, p.reject_probability, p.reasons
    from past_assessment as p
    inner join runs as made on p.run_id = made.run_id
    inner join runs as replaced on p.next_run_id = replaced.run_id
    where
        made.started <= (select l.started from later as l)
        and replaced.started > (select l.started from later as l)
    union all
    select a.page_id, a.verdict, a.reject_probability, a.reasons
    from articles as a
    inner join runs as made on a.run_id = made.run_id
    where made.started <= (select l.started from later as l)
)

select
    b.page_id,
    b.source,
    b.verdict as verdict_before,
    f.verdict as verdict_after,
    b.reject_probability as probability_before,
    f.reject_probability as probability_after,
    reason_summary(b.reasons) as reasons_before,
    reason_summary(f.reasons) as reasons_after,
    count(*) over (partition by b.verdict, f.verdict) as such_changes
from before as b
inner join after as f on b.page_id = f.page_id
where b.verdict <> f.verdict
order by abs(f.reject_probability - b.reject_probability) desc nulls last, b.page_id
limit number;
comment on macro table changed_between_runs is 'Which pages have another verdict after a run than after an earlier one, and for what reasons?';
