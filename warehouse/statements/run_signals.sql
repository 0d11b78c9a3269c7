-- Distribution of each signal over the pages that a run judged.
insert into run_signal (
    run_id, signal, pages, measured, fired, mean, minimum, p05, p25, p50, p75, p95, maximum
)
select
    $run_id,
    d.signal,
    d.pages,
    d.measured,
    d.fired,
    d.mean,
    d.minimum,
    d.quantiles[1],
    d.quantiles[2],
    d.quantiles[3],
    d.quantiles[4],
    d.quantiles[5],
    d.maximum
from (
    select
        s.signal,
        count(*) as pages,
        count(s.value) as measured,
        count(*) filter (where s.value <> 0) as fired,
        avg(s.value) as mean,
        min(s.value) as minimum,
        quantile_cont(s.value, [0.05, 0.25, 0.5, 0.75, 0.95]) as quantiles,
        max(s.value) as maximum
    from (
        select m.*, cast(null as double) as "-"
        from article_signal as m
        where m.page_id in (select a.page_id from article as a where a.run_id = $run_id)
    ) unpivot include nulls (value for signal in (columns(* exclude (page_id)))) as s
    where s.signal <> '-'
    group by s.signal
) as d;
