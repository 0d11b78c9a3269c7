-- How sure the charset of a page is; pages that were stored before do not say.
alter table article add column charset_confidence double;
