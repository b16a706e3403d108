"""What every page shows around its text: the site's name, who is signed in, how much is unread."""

from typing import Final

from service.accounts.queries import own_account
from service.kit.actor import Actor, Sanction
from service.kit.database import Session
from service.moderation.queries import waiting_count
from service.notifications.queries.inbox import badge
from service.pages.views.frame import Frame, Returned, Stopped, Viewer
from service.site.queries import get_site

PLAIN: Final = Frame("Parley", None, "/", registration_open=False)
"""The frame of a page that is shown when nothing can be asked."""

__all__ = ["PLAIN", "Frame", "around", "stopped_by"]


def around(session: Session, actor: Actor, here: str) -> Frame:
    """The frame of the page at the path `here`, for this reader."""
    site = get_site(session)
    is_open, stopped = site.registration == "open", stopped_by(actor.suspension)
    return Frame(site.name, _viewer(session, actor), here, registration_open=is_open, suspended=stopped)


def stopped_by(sanction: Sanction | None) -> Stopped | None:
    """A suspension or a silence in force, for a page."""
    return Stopped(sanction.until, sanction.reason) if sanction else None


def _viewer(session: Session, actor: Actor) -> Viewer | None:
    """Who is signed in; None for a guest."""
    if actor.username is None:
        return None
    account = own_account(session, actor)
    waiting = waiting_count(session, actor) if actor.moderates_some else None
    told = badge(session, actor)
    returned = None if told.mail_stopped is None else Returned(account.email, told.mail_stopped)
    return Viewer(actor.username, account.shown_name, told.unread, actor.administers, waiting, returned)
