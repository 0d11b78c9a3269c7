-- boilerplate_lines: Which lines of page furniture or promotion come back on a source's pages?
--   source       source   source to look at
--   least_pages  integer  pages on which a line must stand
--   number       integer  rows at most
create or replace macro boilerplate_lines(source, least_pages := 2, number := 50) as table
with own as (
    select p.page_id
    from page_sources as p
    where p.source = source
),

lines as (
    select trim(e.quote) as line, e.page_id, min(e.kind) as kind
    from evidence as e
    where e.page_id in (select o.page_id from own as o) and e.kind in ('residue', 'promo')
    group by trim(e.quote), e.page_id
),

recurring as (
    select l.line, mode(l.kind order by l.kind) as kind, count(*) as pages, min(l.page_id) as page_id
    from lines as l
    group by l.line
),

total as (
    select count(*) as pages from own as o
)

select r.line, r.kind, r.pages, r.pages / t.pages as page_fraction, r.page_id
from recurring as r, total as t
where r.pages >= least_pages
order by r.pages desc, r.line
limit number;
comment on macro table boilerplate_lines is 'Which lines of page furniture or promotion come back on a source''s pages?';
