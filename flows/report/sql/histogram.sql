-- Articles by score and bin of its value, for the histograms. Bin -1: exactly 0; -2: not measurable.
select
    s.score,
    s.verdict,
    case
        when s.value is null then -2
        when s.value = 0 then -1
        else least($bins - 1, cast(floor(s.value * $bins) as integer))
    end as bin,
    count(*) as pages
from (
    select a.verdict, a.reject_probability, a.padding, a.promo, a.repetition, a.residue from articles as a
) unpivot include nulls (value for score in (reject_probability, padding, promo, repetition, residue)) as s
group by all
