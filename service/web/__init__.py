"""What both doors, the JSON API and the pages, share: problems, answers, paging, limits, idempotency, caching."""
