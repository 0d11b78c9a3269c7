-- What `rescore` reads. In a file of its own: it is as large as all the rest together, and nobody queries it, so it is
-- not copied at each publication.
create table if not exists stored.stored_article (
    page_id varchar not null,
    article blob not null
);
comment on table stored.stored_article is 'The extracted article of each page, as zstd JSON: all that is needed to judge it again.';
