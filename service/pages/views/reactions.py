"""The view of what people say of a post with one button."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """One reaction: how many gave it, whether the reader is among them, and the deed of its button."""

    name: str
    label: str
    count: int
    mine: bool

    @property
    def deed(self) -> str:
        """What its button does: `react-like`, or `unreact-like` where it is the reader's own."""
        return f"{'unreact' if self.mine else 'react'}-{self.name}"


@dataclass(frozen=True, slots=True)
class Reactions:
    """What stands under a post. `door` is where the page's script sends the reader's own (None: they may give none).

    `what` names the post for those who hear the page read; `more_url` opens the buttons that nobody has pressed yet.
    """

    what: str
    anchor: str
    reply_id: int | None
    given: tuple[Given, ...]
    door: str | None
    more_url: str | None
