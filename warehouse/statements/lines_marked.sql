update run set lines_marked = $now where lines_marked is null
