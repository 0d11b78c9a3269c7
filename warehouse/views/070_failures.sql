create or replace view failures as
select
    f.page_id,
    coalesce(f.url, f.origin) as page,
    f.stage,
    f.error,
    f.run_id,
    f.source,
    f.url,
    f.origin,
    f.body_sha256,
    f.fetched_at,
    f.first_seen,
    f.failed_at,
    f.policy,
    f.model,
    f.seconds,
    f.extra
from failure as f;

comment on view failures is 'Pages and inputs that could not become articles. A page is here or in articles, never in both.';
comment on column failures.page_id is 'Id of the page, or of the input where not even a page could be read.';
comment on column failures.page is 'URL of the page, or the file it was to be read from.';
comment on column failures.stage is 'Where it failed: read, decode, extract, assess or worker.';
comment on column failures.error is 'What went wrong.';
comment on column failures.run_id is 'Latest run in which it failed.';
comment on column failures.source is 'Source of the page.';
comment on column failures.url is 'Address of the page, if it has one.';
comment on column failures.origin is 'File, and record in it.';
comment on column failures.body_sha256 is 'sha256 of the bytes; NULL where no bytes could be read.';
comment on column failures.fetched_at is 'When the page was fetched, if its container says so (UTC).';
comment on column failures.first_seen is 'When it failed for the first time (UTC).';
comment on column failures.failed_at is 'When it failed last (UTC).';
comment on column failures.policy is 'Policy of that run.';
comment on column failures.model is 'Models of that run.';
comment on column failures.seconds is 'Seconds until it failed.';
comment on column failures.extra is 'Other keys of the container, as a JSON object; bytes in base64, NaN and infinity as null.';
