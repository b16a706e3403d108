"""kill -9 of the real processes, and the books that are kept meanwhile."""
