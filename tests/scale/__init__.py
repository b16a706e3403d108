"""Several processes behind a proxy, over a PostgreSQL with a streaming replica: what they survive."""
