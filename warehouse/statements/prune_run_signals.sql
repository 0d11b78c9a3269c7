delete from run_signal where run_id in (select r.run_id from run as r where r.started < $before);
