"""screening: whether a post is shown.

Words: *moderation* (the state of a post), *transition* (one step between two states), *verdict* (what happens to a post
that is submitted: published at once, or held). Invariants: every change of a post's moderation goes through
`policy.transition`, in the same transaction as the counters and the event that follow from it.
"""
