-- Articles with a verdict, those with the highest reject probability first.
select 
    a.page_id, a.source, a.title, a.url, a.origin, a.language, a.page_type, a.verdict, a.status, a.reject_probability,
    a.padding, a.promo, a.repetition, a.residue, a.words, a.damage, reason_summary(a.reasons) as grounds

from articles as a
where a.verdict = $verdict
order by a.reject_probability desc nulls last, a.words desc, a.page_id
limit $number
