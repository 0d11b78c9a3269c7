delete from source_status where source in (select i.source from incoming_status as i)
