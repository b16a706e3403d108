"""Parley: a discussion forum service that people run themselves.

Read the house in this order: `wiring` (who listens, what is scheduled, which doors are open), then one room from
top to bottom (`replies`: `__init__`, `models`, `policy`, `queries`, `operations`, `schemas`, `api`), then the screen
that shows it (`pages/thread`), then what everything stands on (`kit/database`, `kit/events`, `kit/queue`).
`docs/tour.md` walks the same way with one reply, from the keyboard to the mailbox.
"""

import gc
from typing import Final

from pydantic import BaseModel

__version__: Final = "0.1.0"

gc.set_threshold(100_000, 50, 100)
# Objects made since the last look of the garbage collector, and so on. By Python's own (700, 10, 10) it goes through
# hundreds of thousands of objects again and again while the house is built, none of which is garbage: a fifth of the
# time to start. `cli.main` sets what holds afterwards.

BaseModel.model_config["defer_build"] = True
# A model's validator is built when it is first used, FastAPI's own models of OpenAPI included: most processes never use
# most of them. Before any model is declared, and so here.
