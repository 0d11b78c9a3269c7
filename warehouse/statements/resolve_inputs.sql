-- An input that is there, or a file that could be read to its end this time: what earlier runs could not read of it is no
-- failure any more. What stands behind "#" is the record in the file: it holds until the file is read to its end. A name may hold
-- "#" itself, so each place is tried.
-- Only failures without bytes: a page whose bytes are known is forgotten when it is judged.
with past as (
    select f.page_id, f.origin, string_split(f.origin, '#') as pieces
    from failure as f
    where f.body_sha256 is null and f.run_id <> $run_id
),

named as (
    select p.page_id
    from past as p
    where p.origin in (select unnest($inputs)) or p.origin in (select unnest($present))
),

inside as (
    select
        p.page_id,
        array_to_string(p.pieces[: unnest(range(1, len(p.pieces)))], '#') as file
    from past as p
)

delete from failure
where
    page_id in (select n.page_id from named as n)
    or page_id in (select i.page_id from inside as i where i.file in (select unnest($inputs)));
