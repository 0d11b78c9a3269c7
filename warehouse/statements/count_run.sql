update run
set
    new = new + $new,
    updated = updated + $updated,
    unchanged = unchanged + $unchanged,
    failed = failed + $failed
where run_id = $run_id;
