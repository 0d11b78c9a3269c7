insert into source_status by name select i.* from incoming_status as i
