delete from views_made
