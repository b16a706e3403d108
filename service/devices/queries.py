"""Every SELECT of devices."""

from collections.abc import Sequence

from sqlmodel import Session, col, or_, select

from service.accounts.models import SignedIn
from service.devices.models import PushDevice
from service.kit.actor import Actor
from service.kit.clock import clock_of


def list_devices(session: Session, actor: Actor) -> Sequence[PushDevice]:
    """The actor's own devices, newest first; nobody has more than `operations.MOST`."""
    return devices_of(session, actor.account_id)


def devices_of(session: Session, account_id: int | None) -> Sequence[PushDevice]:
    """Where this person is reached by push now: a device whose session has ended counts no more."""
    alive = or_(col(PushDevice.session_id).is_(None), col(SignedIn.expires_at) > clock_of(session).now())
    query = select(PushDevice).outerjoin(SignedIn, col(SignedIn.id) == col(PushDevice.session_id))
    mine = query.where(col(PushDevice.account_id) == account_id, alive)
    return session.scalars(mine.order_by(col(PushDevice.id).desc())).all()
