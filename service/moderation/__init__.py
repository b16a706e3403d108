"""moderation: reviews of posts, and what moderators decide.

Words: *review* (a post that waits, or waited, for a moderator, with what was decided last and why), *decision* (an
action that a moderator takes, with an optional reason that the post's author may read). Invariants: a post has at most
one review, open exactly while it waits; every decision, every edit and every other step of the post raises the review's
version, so nobody decides about what they have not seen; the step itself belongs to `replies` and `threads`.
"""
