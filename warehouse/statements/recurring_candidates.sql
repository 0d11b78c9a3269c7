-- Lines that stand on several pages of one source, over the runs whose pages have no spans of recurring lines yet. Pages
-- of one title count once: the same article under two addresses proves nothing. Lines are compared by hash first, since
-- most stand once. One share of the sources at a time, so that memory does not grow with the run.
with page as (
    select a.source, a.text, hash(coalesce(nullif(trim(a.title), ''), a.url, a.page_id)) as title
    from article as a
    inner join run as r on a.run_id = r.run_id
    where r.lines_marked is null and a.line_roles is not null and hash(a.source) % $shares = $share
),

large as (
    select p.source, count(distinct p.title) as pages
    from page as p
    group by p.source
    having count(distinct p.title) >= $min_pages
),

line as (
    select p.source, p.title, l.pages, trim(unnest(string_split(p.text, chr(10)))) as line
    from page as p
    inner join large as l on p.source = l.source
),

standing as (
    select distinct n.source, n.title, n.pages, hash(n.line) as hashed
    from line as n
    where length(n.line) >= $min_characters
),

recurring as (
    select s.source, s.hashed, s.pages as source_pages, count(*) as pages
    from standing as s
    group by s.source, s.hashed, s.pages
    having count(*) >= greatest($min_pages, s.pages * $min_fraction)
)

select n.source, n.line, max(r.pages) as pages, max(r.source_pages) as source_pages
from line as n
inner join recurring as r on n.source = r.source and hash(n.line) = r.hashed
group by n.source, n.line
order by n.source, n.line
