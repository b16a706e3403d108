"""The view of taking away all that a new account has posted, on a person's page."""

from dataclasses import dataclass

from service.pages.views.frame import Form


@dataclass(frozen=True, slots=True)
class Removing:
    """What there is to take away, in words (empty: nothing). `button` says what would be done; `undo` is the log's
    entry of what was done just now.
    """

    form: Form
    there_is: str
    button: str
    undo: int | None
    is_open: bool
