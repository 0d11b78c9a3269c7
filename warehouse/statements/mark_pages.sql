-- Once a share: each update writes the rows that it touches anew, and holes stay until the next vacuum.
update article as a
set
    spans = m.spans,
    clean_text = m.clean_text,
    clean_characters = length(m.clean_text),
    padding = m.padding,
    promo = m.promo,
    repetition = m.repetition,
    residue = m.residue
from read_parquet($path, hive_partitioning = false) as m
where a.page_id = m.page_id
