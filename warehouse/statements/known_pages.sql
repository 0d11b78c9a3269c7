select unhex(page_id) as page_id from article where policy = $policy and model = $model
