update article as a
set spans = m.spans, clean_text = m.clean_text, clean_characters = length(m.clean_text)
from marked_page as m
where a.page_id = m.page_id
