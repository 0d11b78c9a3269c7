create or replace view sources as
with counted as (
    select
        a.source,
        count(*) as pages,
        count(*) filter (where a.verdict = 'accept') as accepted,
        count(*) filter (where a.verdict = 'review') as review,
        count(*) filter (where a.verdict = 'reject') as rejected,
        count(*) filter (where a.verdict = 'not_assessed') as not_assessed,
        min(a.first_seen) as first_seen,
        max(a.assessed_at) as assessed_at,
        max(a.platform) as platform
    from page_sources as a
    group by a.source
)

select
    coalesce(c.source, s.source) as source,
    coalesce(c.pages, 0) as pages,
    coalesce(c.accepted, 0) as accepted,
    coalesce(c.review, 0) as review,
    coalesce(c.rejected, 0) as rejected,
    c.rejected / nullif(c.pages - c.not_assessed, 0) as reject_rate,
    coalesce(s.reject_low, wilson_low(c.rejected, c.pages - c.not_assessed)) as reject_low,
    coalesce(s.reject_high, wilson_high(c.rejected, c.pages - c.not_assessed)) as reject_high,
    coalesce(s.status, 'unknown') as status,
    s.since,
    s.reason,
    coalesce(c.not_assessed, 0) as not_assessed,
    s.effective_pages,
    s.decided_at,
    c.first_seen,
    c.assessed_at,
    c.platform,
    s.reject_rate as estimated_rate
from counted as c
full join source_status as s on c.source = s.source;

comment on view sources is 'One row a source or author on a platform: its pages as they are now, and the gate''s present word on it. The pages of an author count for the platform too.';
comment on column sources.source is 'Registrable domain, file:<parent folder>, or an author on a platform (host, or host and first path segment).';
comment on column sources.pages is 'Pages of the source in articles.';
comment on column sources.accepted is 'Pages with the verdict accept.';
comment on column sources.review is 'Pages with the verdict review.';
comment on column sources.rejected is 'Pages with the verdict reject.';
comment on column sources.reject_rate is 'Share of rejected pages among those that were assessed.';
comment on column sources.reject_low is 'Lower end of the interval that the gate decided on, which is that of estimated_rate; before it has, of the 95 % Wilson interval of reject_rate.';
comment on column sources.reject_high is 'Upper end of that interval.';
comment on column sources.status is 'accepted, probation, rejected, or unknown while the gate has not decided.';
comment on column sources.since is 'Since which day the source has this status (UTC, midnight).';
comment on column sources.reason is 'Why it has it.';
comment on column sources.not_assessed is 'Pages that could not be judged, for example in a language that is not covered.';
comment on column sources.effective_pages is 'Number of independent pages that the gate counted: near-duplicates and pages of one template count less.';
comment on column sources.decided_at is 'When the gate last looked at the source (UTC).';
comment on column sources.first_seen is 'When the first page of the source was judged (UTC).';
comment on column sources.assessed_at is 'When the latest page of the source was judged (UTC).';
comment on column sources.estimated_rate is 'The gate''s estimate of the share of bad pages: by their probabilities, a group of near-duplicates counting as two pages at most, drawn towards what is usual of sources while pages are few. NULL until it has one.';
comment on column sources.platform is 'Where source is an author on a platform, the platform; null for a source of its own.';
