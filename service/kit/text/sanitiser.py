"""The one sanitiser: the last step of every text on its way to a page, a feed or a letter. Nothing edits its output.

What may stand in a text differs: Markdown makes less than a blog's HTML has, and a letter styles what it shows. How the
rest is held back is the same for all, and is here.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import nh3

SCHEMES: Final = frozenset({"http", "https", "mailto"})
REL: Final = "ugc nofollow noopener"

Ask = Callable[[str, str, str], str | None]
"""(tag, attribute, value) → the value as it may stand, or None: for addresses and ids, which no pattern settles."""


@dataclass(frozen=True)
class Allowed:
    """What a text may have: these tags; attributes whose values match their pattern; and attributes that are asked
    about. Anything else is dropped.
    """

    tags: frozenset[str]
    values: Mapping[tuple[str, str], re.Pattern[str]]
    asked: Mapping[str, Collection[str]]

    @cached_property
    def attributes(self) -> dict[str, set[str]]:
        """Every attribute that may stand at all, by tag."""
        found = {tag: set(names) for tag, names in self.asked.items()}
        for tag, name in self.values:
            found.setdefault(tag, set()).add(name)
        return found


PAGE: Final[Mapping[str, Mapping[str, str]]] = {"pre": {"tabindex": "0"}}
"""What the sanitiser sets itself on a page: code that is too wide is scrolled by the keyboard (WCAG 2.2, 2.1.1)."""


def sanitise(
    html: str, allowed: Allowed, ask: Ask, *, rel: str = REL, fixed: Mapping[str, Mapping[str, str]] = PAGE
) -> str:
    """Only what `allowed` names is left, with the addresses and ids that `ask` lets pass.

    `rel` is set on every link, and `fixed` on its tags, whatever stood there.
    """

    def check(tag: str, name: str, value: str) -> str | None:
        if (rule := allowed.values.get((tag, name))) is not None:
            return value if rule.fullmatch(value) else None
        if name == "rel":  # the sanitiser's own: a typed one is not on the list
            return value
        return ask(tag, name, value)

    return nh3.clean(
        html,
        tags=set(allowed.tags),
        attributes=allowed.attributes,
        attribute_filter=check,
        link_rel=rel,
        url_schemes=set(SCHEMES),
        set_tag_attribute_values={tag: dict(values) for tag, values in fixed.items()},
    )
