-- Wilson score interval of a fraction (Wilson 1927), with z = 1.96 for 95 %. It stays within 0 and 1 and is honest for
-- few pages and for fractions near the edges, where the normal interval is not.
create or replace macro wilson_low(hits, trials) as
    case when hits = 0 and trials > 0 then 0.0 when hits between 0 and trials and trials > 0 then greatest(0.0, (
        hits / trials + 1.92072941 / trials
        - 1.95996398 * sqrt(hits / trials * (1 - hits / trials) / trials + 0.960364705 / (trials * trials))
    ) / (1 + 3.84145882 / trials)) end;

create or replace macro wilson_high(hits, trials) as
    case when hits = trials and trials > 0 then 1.0 when hits between 0 and trials and trials > 0 then least(1.0, (
        hits / trials + 1.92072941 / trials
        + 1.95996398 * sqrt(hits / trials * (1 - hits / trials) / trials + 0.960364705 / (trials * trials))
    ) / (1 + 3.84145882 / trials)) end;

comment on macro wilson_low is 'Lower end of the 95 % Wilson interval of hits among trials; NULL without trials.';
comment on macro wilson_high is 'Upper end of the 95 % Wilson interval of hits among trials; NULL without trials.';
