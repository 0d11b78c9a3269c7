select s.source from sources as s order by s.pages desc, s.source;
