select r.source, r.line, r.kind, r.pages, r.source_pages, r.doubt
from recurring_line as r
where
    hash(r.source) % $shares = $share
    and r.source in (
        select a.source
        from article as a
        inner join run as u on a.run_id = u.run_id
        where u.lines_marked is null
    )
order by r.source, r.line
