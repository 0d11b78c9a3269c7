-- page_evidence: Which pieces of a page were found wanting, in the order of the text?
--   page  page  page id, its first characters (six or more), URL or origin
create or replace macro page_evidence(page) as table
with chosen as (
    select a.page_id
    from articles as a
    where
        a.page_id = page
        or a.url = page
        or a.origin = page
        or (length(page) >= 6 and starts_with(a.page_id, page))
    order by a.assessed_at desc, a.page_id
    limit 1
)

select e.page_id, e.start, e."end", e.kind, e.score, e.signal, e.quote
from evidence as e
where e.page_id = (select c.page_id from chosen as c)
order by e.start, e."end", e.kind, e.signal;
comment on macro table page_evidence is 'Which pieces of a page were found wanting, in the order of the text?';
