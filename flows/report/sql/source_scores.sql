-- Mean scores of sources.
select
    a.source, avg(a.reject_probability) as reject_probability, avg(a.padding) as padding, avg(a.promo) as promo,
    avg(a.repetition) as repetition, avg(a.residue) as residue
from articles as a
where a.source in (select unnest(from_json($sources, '["varchar"]')))
group by a.source
