"""The rules that are switched on, made ready to look at posts, and kept until one of them changes."""

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Final

from sqlalchemy import select
from sqlmodel import Session, col

from service.kit.clock import EPOCH
from service.screening.models import Rule
from service.screening.policy import InForce, in_order, to_rule
from service.site.models import Site

SWITCHED_ON: Final = select(Rule).where(col(Rule.enabled))
STAFF: Final = ("moderator", "admin")
HELD_BY_SITE: Final = "The first posts of new members wait for a moderator."

MOST_KEPT: Final = 8
"""How many sites' rules a process keeps: it serves one, and a test some."""

_kept: dict[tuple[int, int], tuple[InForce, ...]] = {}
_lock: Final = Lock()


def rules_in_force(session: Session, site: Site) -> Sequence[InForce]:
    """The rules that are on, in order. They cost a statement where they changed since this process last asked.

    Rules change together with the site's `rules_mark`, a random number, which comes with the site's row: what is kept
    under a mark is what its transaction left, or later.
    """
    key = (site.rules_mark, site.hold_first_posts)
    found = _kept.get(key)
    if found is None:
        rows = session.execute(SWITCHED_ON.execution_options(populate_existing=True)).scalars().all()
        found = in_order([*(to_rule(row) for row in rows), *_held_by_site(site.hold_first_posts)])
        with _lock:
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[key] = found
    return found


@lru_cache(maxsize=128)
def _held_by_site(first_posts: int) -> tuple[InForce, ...]:
    """What the site's own setting holds, as one more rule."""
    if not first_posts:
        return ()
    held = Rule(
        kind="first_posts", name="First posts", terms={"approved": first_posts}, verdict="hold",
        public_reason=HELD_BY_SITE, exempt_roles=list(STAFF), place=2**31 - 1, version=0, changed_at=EPOCH,
    )  # fmt: skip
    return (to_rule(held),)
