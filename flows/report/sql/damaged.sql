-- Articles with the most characters that could not be restored.
select 
    a.page_id, a.source, a.title, a.url, a.origin, a.language, a.page_type, a.verdict, a.status, a.reject_probability,
    a.padding, a.promo, a.repetition, a.residue, a.words, a.damage, reason_summary(a.reasons) as grounds

from articles as a
where a.damage > 0
order by a.damage desc, a.page_id
limit $number
