"""The one sanitiser: the last step of every text on its way to a page, a feed or a letter. Nothing edits its output.

What may stand in a text differs: Markdown makes less than a blog's HTML has, and a letter styles what it shows. How the
rest is held back is the same for all, and is here.
"""

import re
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from service.kit.lazily import lazily

if TYPE_CHECKING:
    import nh3
else:
    nh3 = lazily("nh3")

SCHEMES: Final = frozenset({"http", "https", "mailto"})
REL: Final = "ugc nofollow noopener"

Ask = Callable[[str, str, str], str | None]
"""(tag, attribute, value) → the value as it may stand, or None: for addresses and ids, which no pattern settles."""

PAGE: Final[Mapping[str, Mapping[str, str]]] = {"pre": {"tabindex": "0"}}
"""What the sanitiser sets itself on a page: code that is too wide is scrolled by the keyboard (WCAG 2.2, 2.1.1)."""

_asked: Final[ContextVar[Ask]] = ContextVar("asked")
"""Whom the text at hand asks: a cleaner is made once and takes its filter along, and each text has marks of its own."""


@dataclass(frozen=True)
class Allowed:
    """What a text may have: these tags; attributes whose values match their pattern; and attributes that are asked
    about. Anything else is dropped. `rel` is set on every link, and `fixed` on its tags, whatever stood there.
    """

    tags: frozenset[str]
    values: Mapping[tuple[str, str], re.Pattern[str]]
    asked: Mapping[str, Collection[str]]
    rel: str = REL
    fixed: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: PAGE)

    @cached_property
    def cleaner(self) -> "nh3.Cleaner":
        """The sanitiser made ready: to say all this for each text took four times as long as to clean it."""
        attributes = {tag: set(names) for tag, names in self.asked.items()}
        for tag, name in self.values:
            attributes.setdefault(tag, set()).add(name)
        return nh3.Cleaner(
            tags=set(self.tags),
            attributes=attributes,
            attribute_filter=self._check,
            link_rel=self.rel,
            url_schemes=set(SCHEMES),
            set_tag_attribute_values={tag: dict(values) for tag, values in self.fixed.items()},
        )

    def _check(self, tag: str, name: str, value: str) -> str | None:
        if (rule := self.values.get((tag, name))) is not None:
            return value if rule.fullmatch(value) else None
        if name == "rel":  # the sanitiser's own: a typed one is not on the list
            return value
        return _asked.get()(tag, name, value)


def sanitise(html: str, allowed: Allowed, ask: Ask) -> str:
    """Only what `allowed` names is left, with the addresses and ids that `ask` lets pass."""
    before = _asked.set(ask)
    try:
        return allowed.cleaner.clean(html)
    finally:
        _asked.reset(before)
