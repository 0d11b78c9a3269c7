select checksum from views_made
