-- The worst sentences of sources, and the lines that come back on their pages; $number of each.
with quotes as (
    select
        p.source,
        e.kind,
        trim(e.quote) as quote,
        max(e.score) as score,
        count(distinct e.page_id) as pages,
        arg_max(e.signal, (e.score, e.signal)) as signal,
        arg_max(e.page_id, (e.score, e.page_id)) as page_id
    from page_sources as p
    inner join evidence as e on p.page_id = e.page_id
    where p.source in (select unnest(from_json($sources, '["varchar"]')))
    group by p.source, e.kind, trim(e.quote)
),

placed as (
    select
        q.*,
        q.pages > 1 as recurring,
        row_number() over (
            partition by q.source, q.pages > 1
            order by
                case when q.pages > 1 then q.pages end desc,
                q.kind = 'residue',  -- furniture says least about an article
                q.score desc,
                length(q.quote) desc,
                q.quote,
                q.kind
        ) as place
    from quotes as q
)

select p.source, p.kind, p.quote, p.score, p.pages, p.signal, p.page_id, p.recurring
from placed as p
where p.place <= $number
order by p.source, p.recurring, p.place
