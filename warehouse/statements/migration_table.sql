create table if not exists migration (
    number integer not null,
    name varchar not null,
    checksum varchar not null,
    applied_at timestamp not null
);
comment on table migration is 'Which migrations were applied, with the sha256 of their text.';

create table if not exists views_made (
    checksum varchar not null
);
comment on table views_made is 'sha256 of the text that the views and macros were made from.';
