insert into recurring_line by name select f.* from found_line as f
