"""Parley: a discussion forum service that people run themselves.

Read the house in this order: `wiring` (who listens, what is scheduled, which doors are open), then one room from
top to bottom (`replies`: `__init__`, `models`, `policy`, `queries`, `operations`, `schemas`, `api`), then the screen
that shows it (`pages/thread`), then what everything stands on (`kit/database`, `kit/events`, `kit/queue`).
`docs/tour.md` walks the same way with one reply, from the keyboard to the mailbox.
"""

__version__ = "0.1.0"
