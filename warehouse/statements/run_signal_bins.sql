-- Histogram of each signal over the pages that a run judged: a quarter of an octave a bin, so that a fraction of 0.01
-- and a count of 1000 are both resolved to a fifth of their size.
insert into run_signal_bin (run_id, signal, bin, pages)
select
    $run_id,
    s.signal,
    case
        when s.value is null then null
        when s.value = 0 then 0
        else cast(sign(s.value) * (100 + greatest(-99, least(99, floor(4 * log2(abs(s.value)))))) as integer)
    end as bin,
    count(*) as pages
from (
    select m.*, cast(null as double) as "-"
    from article_signal as m
    where m.page_id in (select a.page_id from article as a where a.run_id = $run_id)
) unpivot include nulls (value for signal in (columns(* exclude (page_id)))) as s
where s.signal <> '-'
group by all;
