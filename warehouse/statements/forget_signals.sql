delete from article_signal where page_id in (select i.page_id from incoming as i where i.action = 'updated');
