-- By the run that replaced them: a page that was judged last year and again yesterday has changed yesterday.
delete from past_assessment where next_run_id in (select r.run_id from run as r where r.started < $before);
