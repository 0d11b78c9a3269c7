select number, checksum from migration order by number
