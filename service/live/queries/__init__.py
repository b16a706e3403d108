"""Every SELECT of the live room: what happened in a thread, how it stands, and the one look for all streams."""

from service.live.queries.history import Missed, missed
from service.live.queries.looking import look
from service.live.queries.standing import Facts, facts_now

__all__ = ["Facts", "Missed", "facts_now", "look", "missed"]
