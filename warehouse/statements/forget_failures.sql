-- A page that could be judged after all is no failure any more.
delete from failure where page_id in (select i.page_id from incoming as i where not i.is_failure);
