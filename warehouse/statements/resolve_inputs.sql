-- An input that is there, or a file that could be read to its end this time: what earlier runs could not read of it is no
-- failure any more. What stands behind "#" is the record in the file: it holds until the file is read to its end.
-- Only failures without bytes: a page whose bytes are known is forgotten when it is judged.
delete from failure
where
    body_sha256 is null
    and run_id <> $run_id
    and exists (
        select 1
        from (
            select unnest($inputs) as path, true as whole
            union all
            select unnest($present) as path, false as whole
        ) as i
        where
            failure.origin = i.path
            or (i.whole and starts_with(failure.origin, i.path || '#'))
    );
