create or replace view articles as
select
    a.page_id,
    a.source,
    a.url,
    a.title,
    a.language,
    a.page_type,
    a.verdict,
    a.reject_probability,
    a.padding,
    a.promo,
    a.repetition,
    a.residue,
    a.words,
    a.text,
    a.clean_text,
    a.charset,
    a.repairs,
    a.status,
    a.first_seen,
    a.assessed_at,
    a.run_id,
    a.policy,
    a.model,
    a.host,
    a.path_prefix,
    a.origin,
    a.body_sha256,
    a.fetched_at,
    a.author,
    a.published_date,
    a.site_name,
    a.charset_method,
    a.charset_confidence,
    a.damage,
    a.characters,
    a.clean_characters,
    a.flags,
    a.reasons,
    a.text_simhash,
    a.template,
    a.seconds,
    a.extra
from article as a;

comment on view articles is 'One row a page (same URL and same bytes) with its latest assessment.';
comment on column articles.page_id is '32 hexadecimal characters: of the sha256 of the URL (or file) and the sha256 of the bytes.';
comment on column articles.source is 'Registrable domain of the URL; file:<parent folder> for a file without URL.';
comment on column articles.url is 'Address of the page; NULL for a file without one.';
comment on column articles.title is 'Title that the page states.';
comment on column articles.language is 'ISO 639-1 code read off the body lines, of three letters (ISO 639-3) for languages that have none of two; NULL when there is too little text.';
comment on column articles.page_type is 'What kind of page it is: article, listing, product, forum …; NULL for plain text, which has no markup to tell it by.';
comment on column articles.verdict is 'accept, review, reject or not_assessed.';
comment on column articles.reject_probability is 'Calibrated probability, 0 to 1, that a careful editor would reject the page; NULL when not assessed.';
comment on column articles.padding is 'Score 0 to 1: text that is there only to be long or to rank. NULL: not measurable.';
comment on column articles.promo is 'Score 0 to 1: text that sells or sends the reader elsewhere. NULL: not measurable.';
comment on column articles.repetition is 'Score 0 to 1: text that repeats itself. NULL: not measurable.';
comment on column articles.residue is 'Score 0 to 1: page furniture left in the text. NULL: not measurable.';
comment on column articles.words is 'Number of words in text.';
comment on column articles.text is 'The whole extracted, repaired text; lines separated by a newline. Offsets in evidence refer to it.';
comment on column articles.clean_text is 'text without its promo and residue spans.';
comment on column articles.charset is 'Python codec that the bytes were decoded with.';
comment on column articles.repairs is 'Kinds of damage that were repaired: original, restored, codec, rule, confidence, count.';
comment on column articles.status is 'ok, or why the page was not assessed.';
comment on column articles.first_seen is 'When the page was judged for the first time (UTC).';
comment on column articles.assessed_at is 'When the present assessment was made (UTC).';
comment on column articles.run_id is 'Run that made the present assessment.';
comment on column articles.policy is 'Version and digest of the policy that the verdict follows.';
comment on column articles.model is 'Digests of the models that the verdict rests on.';
comment on column articles.host is 'Host name of the URL.';
comment on column articles.path_prefix is 'First part of the path of the URL: the section of the site.';
comment on column articles.origin is 'File, and record in it, that the page was read from.';
comment on column articles.body_sha256 is 'sha256 of the bytes as they came, hexadecimal.';
comment on column articles.fetched_at is 'When the page was fetched, if its container says so (UTC).';
comment on column articles.author is 'Author that the page states.';
comment on column articles.published_date is 'Date of publication that the page states.';
comment on column articles.site_name is 'Name that the site gives itself.';
comment on column articles.charset_method is 'How the charset was found: utf-8 (valid UTF-8), bom, http, meta, detector, mixed (UTF-8 with pieces in another charset) or fallback.';
comment on column articles.charset_confidence is 'How sure the charset is, 0 to 1; 1 for valid UTF-8 and byte order marks. NULL for pages that were judged before it was kept.';
comment on column articles.damage is 'Characters that are known to be damaged and could not be restored.';
comment on column articles.characters is 'Length of text.';
comment on column articles.clean_characters is 'Length of clean_text.';
comment on column articles.flags is 'Things a reader should know: truncated (lines beyond the limit were left out), deep_markup (flattened, else the rest would be lost), no_html_element, text_from_blocks (the text is that of the model of blocks), text_container (it found the element that holds the text), text_unnamed (the extractor would have discarded main text for the name of an element).';
comment on column articles.reasons is 'Grounds of the verdict: signal, value, points, quote; positive points speak for rejection.';
comment on column articles.text_simhash is 'Fingerprint of the text: near-duplicates differ in few bits.';
comment on column articles.template is 'Fingerprint of the page''s layout; pages of one template share it.';
comment on column articles.seconds is 'Seconds that judging the page took.';
comment on column articles.extra is 'Other keys of the container, as a JSON object; bytes in base64, NaN and infinity as null.';
