update article set article = null, line_roles = null where assessed_at < $before and article is not null;
