select r.run_id from runs as r order by r.started desc, r.run_id desc;
