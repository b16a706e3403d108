"""What every room stands on and that knows no forum: time, errors, the database, events, jobs, text and mail."""
