create or replace view page_sources as
select
    a.page_id,
    a.source,
    cast(null as varchar) as platform,
    a.verdict,
    a.first_seen,
    a.assessed_at
from article as a

union all

-- An author on a platform is named by the host, or by the host and the first segment of the path.
select
    a.page_id,
    s.source,
    a.source as platform,
    a.verdict,
    a.first_seen,
    a.assessed_at
from article as a
inner join source_status as s on regexp_replace(a.host, '^www\.', '') = split_part(s.source, '/', 1)
where
    s.source <> a.source
    and not starts_with(s.source, 'file:')
    and (not contains(s.source, '/') or split_part(s.source, '/', 2) = a.path_prefix);

comment on view page_sources is 'Which pages count for which source: a page of an author on a platform counts for the platform and for the author.';
comment on column page_sources.page_id is 'A page in articles.';
comment on column page_sources.source is 'Source that the page counts for.';
comment on column page_sources.platform is 'Where source is an author on a platform, the platform; null for a source of its own.';
comment on column page_sources.verdict is 'The page''s present verdict.';
comment on column page_sources.first_seen is 'When the page was first judged (UTC).';
comment on column page_sources.assessed_at is 'When it was judged last (UTC).';
