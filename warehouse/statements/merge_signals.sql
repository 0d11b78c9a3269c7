-- Signals of one part's changed articles; the Arrow table part_signals has page_id, row and one column a signal.
insert into article_signal by name
select s.* exclude ("row number")
from part_signals as s
inner join incoming as i on s."row number" = i.file_row_number
where i.filename = $filename and i.action in ('new', 'updated');
