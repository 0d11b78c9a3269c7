-- Articles that no page points to: of a merge that was broken off.
delete from stored.stored_article where page_id not in (select a.page_id from article as a);
