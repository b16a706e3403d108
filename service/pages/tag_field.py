"""The field in which a thread's tags are typed: names apart at commas, and what is offered there."""

import re
from collections.abc import Iterable
from typing import Final

from service.kit.actor import Actor
from service.kit.database import Session
from service.threads.queries.tags import recent_tags

COMMAS: Final = re.compile("[,\uff0c\u060c]")
"""The commas of Latin, Chinese and Arabic keyboards."""
OFFERED: Final = 50
"""Names that the field offers."""


def typed_tags(text: str) -> list[str]:
    """The names in the field; what is blank between two commas is nothing."""
    return [name for name in map(str.strip, COMMAS.split(text)) if name]


def shown_tags(names: Iterable[str]) -> str:
    """A thread's tags as the field holds them."""
    return ", ".join(names)


def tag_names(session: Session, actor: Actor) -> tuple[str, ...]:
    """What the field offers: the tags that the newest threads have."""
    return tuple(recent_tags(session, actor)[:OFFERED])
