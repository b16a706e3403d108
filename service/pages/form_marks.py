"""What the forms that post say of how they were filled in, without scripts and without asking people anything: a field
that nobody sees, and the signed moment at which the form was drawn.
"""

from dataclasses import replace
from typing import Final

from service.accounts.current import Asks
from service.kit.clock import from_micros, to_micros
from service.kit.sender import Sender
from service.kit.signing import seal, unseal
from service.pages import forms
from service.pages.views.thread import Composer

TRAP: Final = "website"
"""The field that people do not see, named as programs like to find one."""

DRAWN: Final = "drawn"
PURPOSE: Final = "form drawn"


def moment(asks: Asks) -> str:
    """The moment at which a form is drawn, so that nobody can say it was another."""
    return seal(asks.request.app.state.secret, PURPOSE, to_micros(asks.database.clock.now()))


def marked(asks: Asks, composer: Composer) -> Composer:
    """The form with its moment. One that is shown again keeps the first: its text has been typed since then."""
    kept = composer.form.value(DRAWN)
    is_ours = unseal(asks.request.app.state.secret, PURPOSE, kept) is not None
    return replace(composer, moment=kept if is_ours else moment(asks))


def sender(asks: Asks, sent: forms.Sent) -> Sender:
    """Where a form comes from. One without a moment of ours was drawn by nobody, and counts as sent at once."""
    found = unseal(asks.request.app.state.secret, PURPOSE, sent.value(DRAWN))
    seconds = 0.0
    if found is not None and len(found) == 1:
        seconds = max(0.0, (asks.database.clock.now() - from_micros(found[0])).total_seconds())
    return asks.sender(trapped=bool(sent.value(TRAP)), seconds=seconds)
