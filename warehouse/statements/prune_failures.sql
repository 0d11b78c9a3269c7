delete from failure where failed_at < $before
