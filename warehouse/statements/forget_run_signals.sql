delete from run_signal where run_id = $run_id
