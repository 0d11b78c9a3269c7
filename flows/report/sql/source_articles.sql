-- The worst articles of sources, $number of each.
select
    a.page_id, p.source, a.title, a.url, a.origin, a.language, a.page_type, a.verdict, a.status, a.reject_probability,
    a.padding, a.promo, a.repetition, a.residue, a.words, a.damage, reason_summary(a.reasons) as grounds
from page_sources as p
inner join articles as a on p.page_id = a.page_id
where p.source in (select unnest(from_json($sources, '["varchar"]')))
qualify row_number() over (partition by p.source order by a.reject_probability desc nulls last, a.page_id) <= $number
order by p.source, a.reject_probability desc nulls last, a.page_id
