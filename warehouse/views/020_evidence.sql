create or replace view evidence as
select
    e.page_id,
    e.span.kind as kind,
    e.span.start as start,
    e.span."end" as "end",
    e.span.quote as quote,
    e.span.signal as signal,
    e.span.score as score,
    e.source,
    e.run_id
from (
    select a.page_id, a.source, a.run_id, unnest(a.spans) as span
    from article as a
) as e;

comment on view evidence is 'The pieces of text that a judgement rests on, one row a span. One that is cut (promo, residue) may lie over one that is shown (padding, repeat).';
comment on column evidence.page_id is 'Page that the span stands in.';
comment on column evidence.kind is 'promo, residue, padding or repeat.';
comment on column evidence.start is 'First character of the span in articles.text, counted from 0.';
comment on column evidence."end" is 'Character after the last one of the span. "end" is a reserved word: write it in double quotes.';
comment on column evidence.quote is 'The text of the span, its first 500 characters; the whole of it is text[start + 1 : "end"] of the article.';
comment on column evidence.signal is 'Signal or model that found it.';
comment on column evidence.score is 'How sure it is, 0 to 1.';
comment on column evidence.source is 'Source of the page.';
comment on column evidence.run_id is 'Run that made the assessment.';
