"""Every SELECT of screening.

counts (of an author’s earlier posts).
"""

from service.screening.queries.counts import is_held, published_counts

__all__ = ["is_held", "published_counts"]
