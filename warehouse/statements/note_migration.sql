insert into migration (number, name, checksum, applied_at) values ($number, $name, $checksum, $applied_at)
