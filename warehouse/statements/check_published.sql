select count(*), (select count(*) from run), (select max(number) from migration) from article
