-- Articles by their ids.
select 
    a.page_id, a.source, a.title, a.url, a.origin, a.language, a.page_type, a.verdict, a.status, a.reject_probability,
    a.padding, a.promo, a.repetition, a.residue, a.words, a.damage, reason_summary(a.reasons) as grounds

from articles as a
where a.page_id in (select unnest(from_json($ids, '["varchar"]')))
