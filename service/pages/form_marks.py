"""What the forms that post say of how they were filled in, without asking people anything: a field that nobody sees,
the signed moment at which the form was drawn, and, where a rule asks for it, a small computation of the browser's.
"""

import hashlib
from dataclasses import replace
from typing import Final

from service.accounts.current import Asks
from service.kit.clock import from_micros, to_micros
from service.kit.database import Session
from service.kit.sender import Sender
from service.kit.signing import seal, unseal
from service.pages import forms
from service.pages.views.thread import Composer
from service.screening.policy.terms import Unproven
from service.screening.queries.in_force import rules_in_force
from service.site.models import Site

TRAP: Final = "website"
"""The field that people do not see, named as programs like to find one."""

DRAWN: Final = "drawn"
PURPOSE: Final = "form drawn"


def moment(asks: Asks) -> str:
    """The moment at which a form is drawn, so that nobody can say it was another."""
    return seal(asks.request.app.state.secret, PURPOSE, to_micros(asks.database.clock.now()))


def marked(session: Session, asks: Asks, site: Site, composer: Composer) -> Composer:
    """The form with its moment, and with what it asks the browser to compute, where a rule asks for that. One that is
    shown again keeps the first moment: its text has been typed since then.
    """
    kept = composer.form.value(DRAWN)
    is_ours = unseal(asks.request.app.state.secret, PURPOSE, kept) is not None
    asked = (rule.terms for rule in rules_in_force(session, site))
    bits = max((terms.bits for terms in asked if isinstance(terms, Unproven)), default=0)
    return replace(composer, moment=kept if is_ours else moment(asks), bits=bits)


def sender(asks: Asks, sent: forms.Sent) -> Sender:
    """Where a form comes from. One without a moment of ours was drawn by nobody, and counts as sent at once."""
    found = unseal(asks.request.app.state.secret, PURPOSE, sent.value(DRAWN))
    seconds = 0.0
    if found is not None and len(found) == 1:
        seconds = max(0.0, (asks.database.clock.now() - from_micros(found[0])).total_seconds())
    return asks.sender(trapped=bool(sent.value(TRAP)), seconds=seconds, proven=proven(sent))


def proven(sent: forms.Sent) -> int:
    """How many zero bits the SHA-256 (FIPS 180-4) of the form's key and the counter that the browser found begins with.

    A key makes one post, so a counter serves for no other: nothing has to be remembered.
    """
    counter = sent.number("proof")
    if counter is None or not sent.key:
        return 0
    digest = hashlib.sha256(f"{sent.key}:{counter}".encode()).digest()
    return 8 * len(digest) - int.from_bytes(digest, "big").bit_length()
