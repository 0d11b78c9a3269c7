-- source_scorecard: How good is each source: verdicts, interval, mean scores, and what speaks most against it?
--   source  source   one source; without it the sources with most pages
--   number  integer  rows at most
create or replace macro source_scorecard(source := null, number := 50) as table
with chosen as (
    select s.source, s.status, s.pages, s.accepted, s.review, s.rejected, s.reject_rate, s.estimated_rate, s.reject_low, s.reject_high, s.reason
    from sources as s
    where source is null or s.source = source
    order by s.pages desc, s.source
    limit number
),

scores as (
    select
        p.source,
        avg(a.reject_probability) as mean_probability,
        avg(a.padding) as padding,
        avg(a.promo) as promo,
        avg(a.repetition) as repetition,
        avg(a.residue) as residue,
        avg(a.words) as mean_words
    from page_sources as p
    inner join articles as a on p.page_id = a.page_id
    where p.source in (select c.source from chosen as c)
    group by p.source
),

points as (
    select p.source, p.reason.signal as signal, sum(p.reason.points) as points
    from (
        select s.source, unnest(a.reasons) as reason
        from page_sources as s
        inner join articles as a on s.page_id = a.page_id
        where a.verdict = 'reject' and s.source in (select c.source from chosen as c)
    ) as p
    group by p.source, p.reason.signal
),

main_signal as (
    select p.source, arg_max(p.signal, (p.points, p.signal)) as signal
    from points as p
    where p.points > 0
    group by p.source
)

select
    c.source,
    c.status,
    c.pages,
    c.accepted,
    c.review,
    c.rejected,
    c.reject_rate,
    c.estimated_rate,
    c.reject_low,
    c.reject_high,
    s.mean_probability,
    s.padding,
    s.promo,
    s.repetition,
    s.residue,
    s.mean_words,
    m.signal as main_signal,
    c.reason
from chosen as c
left join scores as s on c.source = s.source
left join main_signal as m on c.source = m.source
order by c.pages desc, c.source;
comment on macro table source_scorecard is 'How good is each source: verdicts, interval, mean scores, and what speaks most against it?';
