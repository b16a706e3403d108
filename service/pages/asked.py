"""What is asked for of a thread's page, and what a refused form brings back with it."""

from dataclasses import dataclass, field

from markupsafe import Markup

from service.kit.errors import Problem
from service.pages import forms
from service.pages.views.frame import Form


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the thread is asked for, and what a refused form brings back with it.

    `reply_to` is the number of the reply to answer (0: none, whatever a draft says), `react` and `quote` of the one to
    react to or to quote (0: the opening), `anyway` the moderator's wish to post in a closed thread. `entry` is the
    log's, of what was decided just now. `deed`, `sent` and `form` are the refused form; `problem` why; `drawn` a
    preview.
    """

    page: int = 1
    reply_to: int | None = None
    react: int | None = None
    anyway: bool = False
    deed: str = ""
    form: Form | None = None
    problem: Problem | None = None
    drawn: Markup | None = None
    notice: str = field(default="")
    sent: forms.Sent | None = None
    quote: int | None = None
    entry: int | None = None

    def form_of(self, *deeds: str) -> Form | None:
        """The refused form, if it is the one of these deeds."""
        return self.form if self.deed in deeds else None
