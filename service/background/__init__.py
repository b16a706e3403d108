"""background: the work that goes on beside the answers, as admins see it: what waits, what was given up, and why.

Words: *job* (one thing to be done after the transaction that asked for it; its life is `kit.queue`'s), *dead* (given up
after its last attempt; it stays until somebody decides), *retry* and *discard* (the two decisions). Invariants: nothing
that failed disappears by itself; a retried job begins with its first attempt again, and a letter keeps its Message-ID;
what a job says of itself names no text and no secret.
"""
