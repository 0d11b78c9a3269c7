-- What the file of each run should hold; page ids differ, so no two rows cancel each other out.
select
    a.run_id,
    strftime(coalesce(any_value(r.started), min(a.assessed_at)), '%Y-%m-%d') as run_date,
    count(*)::varchar || '-' || hex(bit_xor(hash(
        a.page_id, a.first_seen, a.assessed_at, a.policy, a.model, a.verdict, a.characters, a.clean_characters,
        a.spans::varchar
    ))) as content
from article as a
left join run as r on a.run_id = r.run_id
group by a.run_id
order by coalesce(any_value(r.started), min(a.assessed_at)) desc, a.run_id desc;
