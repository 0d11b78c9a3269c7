"""Judge the sources: read their pages from the warehouse, estimate, decide, record."""

def judge_sources(warehouse, policy, *, run_id, as_of):
    return 0
