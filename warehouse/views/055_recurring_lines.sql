create or replace view recurring_lines as
select
    r.source,
    r.line,
    r.kind,
    r.pages,
    r.source_pages,
    r.pages / r.source_pages as page_fraction,
    r.doubt,
    r.run_id,
    r.found_at
from recurring_line as r;

comment on view recurring_lines is 'Lines that came back on page after page of a source and that the line roles doubt. They leave its clean texts where the doubt reaches the policy''s bound for that kind of page.';
comment on column recurring_lines.source is 'Source of the pages.';
comment on column recurring_lines.line is 'The line, without outer white space.';
comment on column recurring_lines.kind is 'promo or residue.';
comment on column recurring_lines.pages is 'Pages of different titles that held it, in the latest run that found it.';
comment on column recurring_lines.source_pages is 'Pages of different titles that the run judged of the source.';
comment on column recurring_lines.page_fraction is 'pages / source_pages.';
comment on column recurring_lines.doubt is 'Mean probability over these pages that the line is promo or residue, 0 to 1.';
comment on column recurring_lines.run_id is 'Latest run that found it.';
comment on column recurring_lines.found_at is 'When (UTC).';
