"""What a person is told and why. Pure."""

from typing import Final

MENTIONED: Final = "mentioned"
ANSWERED: Final = "answered"
"""The reasons that come from a post itself."""

PERSONAL: Final = (MENTIONED, ANSWERED)
"""Reasons for which one is told without watching the thread."""


def reason_for(watches: str | None, *, answered: bool, mentioned: bool) -> str | None:
    """Why somebody is told: once, and for the most personal reason that holds. None for nobody's reason.

    `watches` is why they watch the thread, if they do.
    """
    if mentioned:
        return MENTIONED
    return ANSWERED if answered else watches
