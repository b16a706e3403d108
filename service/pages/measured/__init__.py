"""What `/metrics` tells, in Prometheus' words: each file turns one part's plain numbers, or the database's, into
metrics. Names follow the Prometheus conventions: `parley_` first, base units, `_total` for what only grows.
"""
