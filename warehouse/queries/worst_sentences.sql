-- worst_sentences: Which sentences of a source are the worst, and on how many of its pages do they stand?
--   source  text     source to look at, such as example.com
--   number  integer  rows at most
--
-- Page furniture comes last: it is the surest to be found and the least to the author's discredit.
create or replace macro worst_sentences(source, number := 20) as table
select
    e.kind,
    max(e.score) as score,
    e.quote,
    count(distinct e.page_id) as pages,
    arg_max(e.signal, e.score) as signal,
    min(e.page_id) as page_id
from evidence as e
where e.source = source
group by e.kind, e.quote
order by e.kind = 'residue', score desc, pages desc, length(e.quote) desc, e.quote
limit number;
comment on macro table worst_sentences is 'Which sentences of a source are the worst, and on how many of its pages do they stand?';
