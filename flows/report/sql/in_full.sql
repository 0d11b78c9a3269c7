-- All that an article page shows, with at most $chars characters of text.
select
    a.page_id, a.source, a.title, a.url, a.origin, a.language, a.page_type, a.verdict, a.status, a.reject_probability,
    a.padding, a.promo, a.repetition, a.residue, a.words, a.damage, left(a.text, $chars) as text,
    left(a.clean_text, $chars) as clean_text, length(a.text) as characters, length(a.clean_text) as clean_characters,
    a.charset, a.charset_method, a.charset_confidence, a.repairs, a.flags, a.reasons, a.author, a.published_date,
    a.site_name, a.fetched_at,
    a.first_seen, a.assessed_at, a.run_id, a.policy, a.model, a.body_sha256
from articles as a
where a.page_id in (select unnest(from_json($ids, '["varchar"]')))
order by a.page_id
