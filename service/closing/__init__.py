"""closing: the verbs that end a discussion and begin it again, and the sweep that tells when time alone has ended one.

Words: *close* and *reopen* (a moderator's closure), *closing policy* (the terms), *archive* (closed, and nothing in it
changes any more). Invariants: closing twice keeps the first time; the sweep only tells: it writes
`closing_recorded_at`, which the law (`threads/policy/state.py`) never reads, and records ThreadClosed once per closing.
"""
