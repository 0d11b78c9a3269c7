-- Lines that come back on a source's pages. A run is marked once its pages have the spans of such lines; runs from before
-- count as marked, since their line roles were not stored.
alter table run add column lines_marked timestamp;
update run set lines_marked = coalesce(finished, started);

create table recurring_line (
    source varchar not null,
    line varchar not null,
    kind varchar not null,
    pages bigint not null,
    source_pages bigint not null,
    doubt double not null,
    run_id varchar not null,
    found_at timestamp not null
);
comment on table recurring_line is 'One row a line that came back on a source''s pages in some run, with the numbers of the latest one; read it through the view recurring_lines.';
