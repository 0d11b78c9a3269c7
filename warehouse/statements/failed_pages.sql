select unhex(page_id) as page_id from failure where policy = $policy and model = $model
