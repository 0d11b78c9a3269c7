delete from stored.stored_article
where page_id not in (select a.page_id from article as a where a.assessed_at >= $before);
