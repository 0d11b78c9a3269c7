create table if not exists migration (
    number integer not null,
    name varchar not null,
    checksum varchar not null,
    applied_at timestamp not null
);
comment on table migration is 'Which migrations were applied, with the sha256 of their text.';
