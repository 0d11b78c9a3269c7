-- The column "-" lets the view exist before there is any signal; its rows are left out.
create or replace view signals as
select
    u.page_id,
    u.signal,
    u.value
from (select *, cast(null as double) as "-" from article_signal)
    unpivot include nulls (value for signal in (columns(* exclude (page_id)))) as u
where u.signal <> '-';

comment on view signals is 'What every signal measured, one row a page and signal. Much faster over all pages: signals_wide.';
comment on column signals.page_id is 'Page that was measured.';
comment on column signals.signal is 'Id of the signal, such as repetition.duplicate_ngrams.';
comment on column signals.value is 'What it measured; higher is worse, 0 is measured and absent, NULL is not measurable on this page.';
