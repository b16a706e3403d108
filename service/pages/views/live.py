"""The view of what a thread's page keeps up with while it is open."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Live:
    """What the page's script has to know: where events are told and up to which position the page is drawn, who reads,
    which numbers stand on the page, and how the thread stood at `now`. `warned` are those who may post all the same.
    """

    events_url: str
    position: int
    reader_id: int | str | None
    page: int
    per_page: int
    last_number: int
    closed: bool
    now: str
    warned: bool


@dataclass(frozen=True, slots=True)
class Edited:
    """What the script of an edit has to know, to tell that the post was changed elsewhere: `subject` is `reply-88`."""

    events_url: str
    position: int
    subject: str
