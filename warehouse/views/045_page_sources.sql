create or replace view page_sources as
with host as (
    select distinct
        a.host,
        a.source,
        string_split(a.host, '.') as labels,
        len(string_split(a.host, '.')) - len(string_split(a.source, '.')) as below
    from article as a
    where a.host <> a.source
),

-- An author on a platform is named by the host, by a name above it that lies below the source, or by the host and the
-- first segment of the path.
author as (
    select
        a.page_id,
        array_to_string(h.labels[n.number :], '.') as name
    from article as a
    inner join host as h on a.host = h.host and a.source = h.source,
        lateral (select unnest(range(1, h.below + 1)) as number) as n
    union all
    select
        a.page_id,
        regexp_replace(a.host, '^www\.', '') || '/' || a.path_prefix as name
    from article as a
    where a.path_prefix is not null
)

select
    a.page_id,
    a.source,
    cast(null as varchar) as platform,
    a.verdict,
    a.first_seen,
    a.assessed_at
from article as a

union all

select
    a.page_id,
    s.source,
    a.source as platform,
    a.verdict,
    a.first_seen,
    a.assessed_at
from author as w
inner join source_status as s on w.name = s.source
inner join article as a on w.page_id = a.page_id;

comment on view page_sources is 'Which pages count for which source: a page of an author on a platform counts for the platform and for the author.';
comment on column page_sources.page_id is 'A page in articles.';
comment on column page_sources.source is 'Source that the page counts for.';
comment on column page_sources.platform is 'Where source is an author on a platform, the platform; null for a source of its own.';
comment on column page_sources.verdict is 'The page''s present verdict.';
comment on column page_sources.first_seen is 'When the page was first judged (UTC).';
comment on column page_sources.assessed_at is 'When it was judged last (UTC).';
