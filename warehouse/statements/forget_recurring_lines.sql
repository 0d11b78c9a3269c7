delete from recurring_line as r
using found_line as f
where r.source = f.source and r.line = f.line
