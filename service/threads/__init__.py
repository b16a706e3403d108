"""threads: what somebody opened for discussion, and when it is closed.

Words: *thread* (title and opening text), *closing* (the policy: when it will close), *closure* (the fact that a
moderator closed it), *effective_close_at* (the one instant that both lead to), *override* (`open` ignores the policy's
age and idle terms). Invariants: a thread is closed exactly when `now >= effective_close_at`, whatever any job has
done; that law has one definition in two forms, `policy/state.py` (pure) and `queries/law.py` (SQL), which a property
test holds equal; numbers are handed out in the statement that asks the law; counters are counted in SQL.
"""
