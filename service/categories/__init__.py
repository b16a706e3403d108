"""categories: where threads stand, and who may see them.

Words: *slug* (the category's name in addresses), *visibility* (public: everybody; members: the signed-in; staff:
moderators and admins). Invariants: what an actor may not see is not there; the last category cannot be deleted, nor
one that holds threads.
"""
