-- All columns of the table, so that a new signal shows without a change here.
create or replace view signals_wide as
select * from article_signal;

comment on view signals_wide is 'What every signal measured, one row a page and one column a signal; write the names in double quotes: "repetition.duplicate_ngrams". NULL: not measurable on this page, or the signal is younger than the assessment.';
comment on column signals_wide.page_id is 'Page that was measured.';
