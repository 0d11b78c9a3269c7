insert into views_made (checksum) values ($checksum)
