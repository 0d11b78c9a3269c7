delete from run_signal_bin where run_id = $run_id
