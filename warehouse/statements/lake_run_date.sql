select strftime(r.started, '%Y-%m-%d') from run as r where r.run_id = $run_id;
