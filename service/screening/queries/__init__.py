"""Every SELECT of screening.

counts (of an author’s earlier posts).
"""

from service.screening.queries.counts import published_counts

__all__ = ["published_counts"]
