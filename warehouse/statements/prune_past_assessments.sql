delete from past_assessment where assessed_at < $before
