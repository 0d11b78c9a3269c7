update run
set
    finished = $finished,
    status = $status,
    unchanged = unchanged + $skipped,
    details = case
        when $passed_over > 0 then json_merge_patch(coalesce(details, '{}'), json_object('passed_over', $passed_over))
        else details
    end
where run_id = $run_id and finished is null;
