"""Every write to devices: turn push on and off in a browser, and note what its push service made of a message."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, update
from sqlmodel import Session, col

from service.accounts.policy import check_owns_credentials
from service.devices.errors import PushIsOff
from service.devices.models import PushDevice
from service.devices.queries import list_devices
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import changed, stored_id, upsert
from service.kit.errors import NotFound, Problem, settled
from service.kit.push import Ending, PushAddress

MOST: Final = 20
"""Devices of one person; the oldest makes room for a new one."""

MOST_REFUSED: Final = 10
"""Messages in a row that a push service may refuse, before the device is forgotten."""


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A browser in which push is turned on, and what it calls itself."""

    address: PushAddress
    user_agent: str


def register_device(session: Session, actor: Actor, wish: NewDevice | Problem, *, push_is_on: bool) -> PushDevice:
    """The actor wants push messages in this browser; again and again is one device, with the keys of the last time.

    A browser that was somebody else's, or had another address in this session, is this one now. Raises NotSignedIn,
    NotAllowed, Invalid, PushIsOff.
    """
    check_owns_credentials(actor)
    new = settled(wish)
    if not push_is_on:
        raise PushIsOff
    if actor.session_id is not None:
        before = (col(PushDevice.session_id) == actor.session_id, col(PushDevice.endpoint) != new.address.endpoint)
        session.execute(delete(PushDevice).where(*before))
    device = _put(session, actor, new)
    _make_room(session, actor)
    return device


def _put(session: Session, actor: Actor, new: NewDevice) -> PushDevice:
    """The row, new or taken over: of two requests at once for one browser the second finds the first one's."""
    values = {
        "account_id": actor.account_id, "session_id": actor.session_id, "p256dh": new.address.p256dh,
        "auth": new.address.auth, "user_agent": printable(new.user_agent), "created_at": now(session),
        "last_used_at": None, "failed": 0,
    }  # fmt: skip
    statement = upsert(session)(PushDevice).values(endpoint=new.address.endpoint, **values)
    statement = statement.on_conflict_do_update(index_elements=["endpoint"], set_=values).returning(PushDevice)
    device: PushDevice = session.scalars(statement, execution_options={"populate_existing": True}).one()
    return device


def _make_room(session: Session, actor: Actor) -> None:
    """Forget the oldest devices beyond MOST."""
    oldest = [stored_id(device.id) for device in list_devices(session, actor)[MOST:]]
    if oldest:
        session.execute(delete(PushDevice).where(col(PushDevice.id).in_(oldest)))


def printable(user_agent: str) -> str:
    """A User-Agent header as one line of at most 200 characters."""
    return "".join(character if character.isprintable() else " " for character in user_agent[:200])


def forget_device(session: Session, actor: Actor, device_id: int) -> None:
    """No push in that browser any more, at once. Raises NotSignedIn, NotAllowed, NotFound."""
    check_owns_credentials(actor)
    own = (col(PushDevice.id) == device_id, col(PushDevice.account_id) == actor.account_id)
    if changed(session, delete(PushDevice).where(*own)) != 1:
        raise NotFound("You have no such device")


def note_push(session: Session, device_id: int, ending: Ending) -> None:
    """Keep what a push service made of a message: taken, refused, or no such browser any more."""
    this = col(PushDevice.id) == device_id
    if ending == "sent":
        session.execute(update(PushDevice).where(this).values(last_used_at=now(session), failed=0))
    elif ending == "refused":
        session.execute(update(PushDevice).where(this).values(failed=PushDevice.failed + 1))
        session.execute(delete(PushDevice).where(this, col(PushDevice.failed) >= MOST_REFUSED))
    elif ending == "gone":
        session.execute(delete(PushDevice).where(this))
