"""What every page shows around its text: the site's name, who is signed in, how much is unread."""

from typing import Final

from service.kit.actor import Actor, Sanction
from service.kit.database import Session
from service.moderation.queries import waiting_count
from service.notifications.queries.visiting import Badge, badge
from service.pages.views.frame import Frame, Returned, Stopped, Viewer
from service.site.queries import site_face

PLAIN: Final = Frame("Parley", None, "/", registration_open=False)
"""The frame of a page that is shown when nothing can be asked."""

__all__ = ["PLAIN", "Frame", "around", "stopped_by"]


def around(session: Session, actor: Actor, here: str) -> Frame:
    """The frame of the page at the path `here`, for this reader."""
    told = badge(session, actor) if actor.signed_in else None
    return frame_of(session, actor, site_face(session), here, told)


def frame_of(session: Session, actor: Actor, face: tuple[str, str], here: str, told: Badge | None) -> Frame:
    """The same, where what every page asks is known: the site's name with its `registration`, and what its reader is
    told (None: a guest).
    """
    name, registration = face
    is_open, stopped = registration == "open", stopped_by(actor.suspension)
    viewer = _viewer(session, actor, told) if told else None
    return Frame(name, viewer, here, registration_open=is_open, suspended=stopped)


def stopped_by(sanction: Sanction | None) -> Stopped | None:
    """A suspension or a silence in force, for a page."""
    return Stopped(sanction.until, sanction.reason) if sanction else None


def _viewer(session: Session, actor: Actor, told: Badge) -> Viewer:
    """Who is signed in."""
    waiting = waiting_count(session, actor) if actor.moderates_some else None
    returned = None if told.mail_stopped is None else Returned(told.email, told.mail_stopped)
    return Viewer(actor.username or "", told.display_name, told.unread, actor.administers, waiting, returned)
