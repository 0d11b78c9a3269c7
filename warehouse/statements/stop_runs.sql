update run
set finished = $finished, status = 'stopped'
where finished is null
returning run_id;
