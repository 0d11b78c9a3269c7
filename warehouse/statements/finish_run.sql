update run
set finished = $finished, status = $status, unchanged = unchanged + $skipped
where run_id = $run_id and finished is null;
