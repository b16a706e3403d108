"""The views of how closely somebody follows a thread, a category or a tag, and how far they have read."""

from dataclasses import dataclass

from service.pages.views.frame import Choice, Form


@dataclass(frozen=True, slots=True)
class Follow:
    """The control that sets a level: `what` it is set for (“this thread”), the level that holds as a word and, with its
    reason, as a sentence; `chosen` says that there is a level to give up.
    """

    form: Form
    action: str
    what: str
    word: str
    sentence: str
    levels: tuple[Choice, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """What is new on a thread's page: the number of the first new reply and its address (None: nothing is), and how
    far the page's button marks it as read. `mark` is for scripts: how far the reader has read.
    """

    form: Form
    first: int | None
    first_url: str | None
    through: int | None
    mark: int
    read_url: str
