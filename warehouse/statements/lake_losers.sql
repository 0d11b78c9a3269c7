select distinct p.run_id from past_assessment as p where p.next_run_id = $run_id order by p.run_id;
