-- Keep the articles themselves. In a transaction of its own, before the others: a row here that no page points to does
-- no harm.
merge into stored.stored_article as a
using (
    select p.page_id, p.article
    from read_parquet(getvariable('part_paths'), filename = true, file_row_number = true, hive_partitioning = false) as p
    inner join incoming as i on p.filename = i.filename and p.file_row_number = i.file_row_number
    where i.action in ('new', 'updated') and p.article is not null
) as m
on a.page_id = m.page_id
when matched and a.article <> m.article then update set article = m.article
when not matched then insert (page_id, article) values (m.page_id, m.article);
