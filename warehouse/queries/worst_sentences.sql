-- worst_sentences: Which sentences of a source are the worst, and on how many of its pages do they stand?
--   source  source   source to look at, such as example.com, or an author on a platform
--   number  integer  rows at most
--
-- Page furniture comes last: it is the surest to be found and the least to the author's discredit.
create or replace macro worst_sentences(source, number := 20) as table
with own as (
    select p.page_id
    from page_sources as p
    where p.source = source
),

quotes as (
    select
        e.kind,
        e.quote,
        e.page_id,
        max(e.score) as score,
        arg_max(e.signal, (e.score, e.signal)) as signal
    from evidence as e
    where e.page_id in (select o.page_id from own as o)
    group by e.kind, e.quote, e.page_id
)

select
    q.kind,
    max(q.score) as score,
    q.quote,
    count(*) as pages,
    arg_max(q.signal, (q.score, q.signal)) as signal,
    min(q.page_id) as page_id
from quotes as q
group by q.kind, q.quote
order by q.kind = 'residue', score desc, pages desc, length(q.quote) desc, q.quote, q.kind
limit number;
comment on macro table worst_sentences is 'Which sentences of a source are the worst, and on how many of its pages do they stand?';
