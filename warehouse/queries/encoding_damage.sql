-- encoding_damage: Which sources deliver damaged characters, what was repaired and what could not be?
--   source  source   one source; without it the most damaged
--   number  integer  rows at most
create or replace macro encoding_damage(source := null, number := 50) as table
with damaged as (
    select
        a.source,
        count(*) as pages,
        count(*) filter (where len(a.repairs) > 0) as repaired_pages,
        count(*) filter (where a.damage > 0) as damaged_pages,
        cast(sum(a.damage) as bigint) as damaged_characters,
        list_sort(list_distinct(list(a.charset || ' (' || a.charset_method || ')'))) as charsets
    from articles as a
    where source is null or a.source = source
    group by a.source
),

worst as (
    select d.*
    from damaged as d
    where d.repaired_pages > 0 or d.damaged_pages > 0 or source is not null
    order by d.repaired_pages + d.damaged_pages desc, d.source
    limit number
),

repairs as (
    select r.source, r.repair.original || ' → ' || r.repair.restored as repair, sum(r.repair.count) as times
    from (
        select a.source, unnest(a.repairs) as repair
        from articles as a
        where len(a.repairs) > 0 and a.source in (select w.source from worst as w)
    ) as r
    group by r.source, r.repair.original, r.repair.restored
),

commonest as (
    select r.source, arg_max(r.repair, (r.times, r.repair)) as repair, sum(r.times) as times
    from repairs as r
    group by r.source
)

select
    w.source,
    w.pages,
    w.repaired_pages,
    w.damaged_pages,
    cast(c.times as bigint) as repairs,
    c.repair as commonest_repair,
    w.damaged_characters,
    w.charsets
from worst as w
left join commonest as c on w.source = c.source
order by w.repaired_pages + w.damaged_pages desc, w.source;
comment on macro table encoding_damage is 'Which sources deliver damaged characters, what was repaired and what could not be?';
