select
    a.source,
    a.host,
    a.path_prefix,
    a.page_id,
    a.verdict,
    a.status,
    a.reject_probability,
    a.assessed_at,
    a.fetched_at,
    a.first_seen,
    a.text_simhash,
    a.template,
    a.words
from article as a
order by a.source, a.page_id;
