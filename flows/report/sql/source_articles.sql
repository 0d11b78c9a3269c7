-- The worst articles of sources, $number of each.
select 
    a.page_id, a.source, a.title, a.url, a.origin, a.language, a.page_type, a.verdict, a.status, a.reject_probability,
    a.padding, a.promo, a.repetition, a.residue, a.words, a.damage, reason_summary(a.reasons) as grounds

from articles as a
where a.source in (select unnest(from_json($sources, '["varchar"]')))
qualify row_number() over (partition by a.source order by a.reject_probability desc nulls last, a.page_id) <= $number
order by a.source, a.reject_probability desc nulls last, a.page_id
