"""Staff notes about a person, on their page: what moderators tell each other, and the form for one more."""

from typing import Final

from starlette.responses import Response

from service.accounts.current import Asks
from service.accounts.models import Account
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Problem
from service.moderation.operations import note_account
from service.moderation.policy import may_read_notes
from service.moderation.queries import notes_at
from service.moderation.schemas import MakeNote, to_note
from service.pages import forms
from service.pages.queue_items import note_line
from service.pages.views.frame import Form
from service.pages.views.lists import Notes
from service.web.answers import Answer, see_other

NOTE: Final = "note"
"""The deed of the form's button."""

MOST_SHOWN: Final = 100
"""Notes about one person that their page shows, the oldest first; the API has all."""


async def keep(asks: Asks, sent: forms.Sent, username: str, here: str) -> Response | Problem:
    """Keep the note that the form brings; 303 to the person's page."""
    body = to_note(sent.model(MakeNote, {"body": sent.values.get("note", "")}))

    def work(session: Session, actor: Actor) -> Answer:
        note_account(session, actor, username, body)
        return see_other(f"{here}?saved={NOTE}#notes")

    return await forms.attempt(asks, sent, work)


def notes_about(session: Session, actor: Actor, account: Account, refused: Form | None, saved: str) -> Notes | None:
    """The notes about a person, for moderators who are not that person; None for others."""
    if not may_read_notes(actor, account.id):
        return None
    found = notes_at(session, None, account.id, 0, MOST_SHOWN)[:MOST_SHOWN]
    form = refused or forms.fresh(notice="The note was kept." if saved == NOTE else None)
    return Notes(tuple(note_line(note) for note in found), form)
