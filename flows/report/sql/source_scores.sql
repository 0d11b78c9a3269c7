-- Mean scores of sources.
select
    p.source, avg(a.reject_probability) as reject_probability, avg(a.padding) as padding, avg(a.promo) as promo,
    avg(a.repetition) as repetition, avg(a.residue) as residue
from page_sources as p
inner join articles as a on p.page_id = a.page_id
where p.source in (select unnest(from_json($sources, '["varchar"]')))
group by p.source
