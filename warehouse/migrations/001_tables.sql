-- The tables behind the views. No primary keys: at a million rows a key quadruples the file and triples the time of a
-- MERGE; the merge itself keeps page_id unique and checks it. Left alone, DuckDB stores texts of a few thousand
-- characters as they are; zstd makes them four times smaller. All times are UTC.

create table article (
    page_id varchar not null,
    source varchar not null,
    host varchar,
    path_prefix varchar,
    url varchar,
    origin varchar not null,
    body_sha256 varchar,
    fetched_at timestamp,
    first_seen timestamp not null,
    assessed_at timestamp not null,
    run_id varchar not null,
    policy varchar not null,
    model varchar not null,
    title varchar,
    author varchar,
    published_date date,
    site_name varchar,
    language varchar,
    page_type varchar,
    verdict varchar not null,
    reject_probability double,
    padding double,
    promo double,
    repetition double,
    residue double,
    words integer,
    characters integer,
    clean_characters integer,
    text varchar using compression zstd,
    clean_text varchar using compression zstd,
    charset varchar,
    charset_method varchar,
    repairs struct(original varchar, restored varchar, codec varchar, rule varchar, confidence double, count integer)[],
    damage integer,
    flags varchar[],
    status varchar not null,
    seconds double,
    text_simhash ubigint,
    template ubigint,
    reasons struct(signal varchar, value double, points double, quote varchar)[],
    spans struct(start integer, "end" integer, kind varchar, quote varchar, signal varchar, score double)[],
    line_roles blob,
    extra varchar
);
comment on table article is 'One row a page (same URL and same bytes) with its latest assessment; read it through the view articles.';

create table article_signal (
    page_id varchar not null
);
comment on table article_signal is 'One row a page of article, one column a signal; columns are added as signals appear.';

create table past_assessment (
    page_id varchar not null,
    source varchar not null,
    run_id varchar not null,
    assessed_at timestamp not null,
    policy varchar not null,
    model varchar not null,
    verdict varchar not null,
    reject_probability double,
    padding double,
    promo double,
    repetition double,
    residue double,
    status varchar not null,
    reasons struct(signal varchar, value double, points double, quote varchar)[],
    next_run_id varchar not null,
    next_policy varchar not null,
    next_model varchar not null,
    next_verdict varchar not null,
    next_reject_probability double
);
comment on table past_assessment is 'Append-only: what an article was judged to be before it was judged again under another policy or model.';

create table failure (
    page_id varchar not null,
    source varchar,
    url varchar,
    origin varchar not null,
    body_sha256 varchar,
    fetched_at timestamp,
    stage varchar not null,
    error varchar not null,
    first_seen timestamp not null,
    failed_at timestamp not null,
    run_id varchar not null,
    policy varchar,
    model varchar,
    seconds double,
    extra varchar
);
comment on table failure is 'One row a page or input that could not become an article; read it through the view failures.';

create table run (
    run_id varchar not null,
    started timestamp not null,
    finished timestamp,
    status varchar not null,
    inputs varchar[] not null,
    policy varchar not null,
    model varchar not null,
    code_version varchar not null,
    review_threshold double,
    reject_threshold double,
    new bigint not null,
    updated bigint not null,
    unchanged bigint not null,
    failed bigint not null,
    details varchar
);
comment on table run is 'One row a run; read it through the view runs.';

create table run_signal (
    run_id varchar not null,
    signal varchar not null,
    pages bigint not null,
    measured bigint not null,
    fired bigint not null,
    mean double,
    minimum double,
    p05 double,
    p25 double,
    p50 double,
    p75 double,
    p95 double,
    maximum double
);
comment on table run_signal is 'How each signal was distributed over the pages that a run judged; written when the run ends.';

create table run_signal_bin (
    run_id varchar not null,
    signal varchar not null,
    bin integer,
    pages bigint not null
);
comment on table run_signal_bin is 'Histogram of each signal over the pages that a run judged. Bin: 0 for zero, else a quarter of an octave; NULL for pages where the signal is not measurable.';

create table source_status (
    source varchar not null,
    status varchar not null,
    since timestamp,
    reason varchar,
    pages bigint,
    effective_pages double,
    rejected double,
    reject_rate double,
    reject_low double,
    reject_high double,
    policy varchar,
    decided_at timestamp,
    run_id varchar,
    details varchar
);
comment on table source_status is 'The gate''s present word on each source; read it through the view sources.';

create table gate_decision (
    source varchar not null,
    decided_at timestamp not null,
    run_id varchar not null,
    from_status varchar,
    to_status varchar not null,
    reason varchar,
    pages bigint,
    effective_pages double,
    rejected double,
    reject_rate double,
    reject_low double,
    reject_high double,
    policy varchar,
    details varchar
);
comment on table gate_decision is 'Append-only: every change of a source''s status; read it through the view gate_decisions.';
