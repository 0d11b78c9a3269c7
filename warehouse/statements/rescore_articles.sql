select
    a.page_id,
    a.source,
    a.host,
    a.path_prefix,
    a.url,
    a.origin,
    a.body_sha256,
    strftime(a.fetched_at, '%Y-%m-%dT%H:%M:%SZ') as fetched_at,
    a.page_type,
    a.text_simhash,
    a.template,
    s.article,
    a.extra
from article as a
inner join stored.stored_article as s on a.page_id = s.page_id
where a.page_id in (select unnest($ids))
order by a.page_id;
