"""The JSON door of devices. They are seen and changed with a browser session, or a token of the scope `admin`: a push
message tells what its person may read.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking, Asks
from service.accounts.policy import check_owns_credentials
from service.devices import operations, queries
from service.devices.errors import PushIsOff
from service.devices.schemas import DevicesView, DeviceView, RegisterDevice, device_of
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.web.answers import Answer, created, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["devices"])
DeviceId = Annotated[int, Path(ge=1, lt=2**63, description="The id in the list.", examples=[1])]
PATH = "/api/v1/me/devices"


def key_of(asks: Asks) -> str | None:
    """The site's public key; None when it sends no push messages."""
    pusher = asks.request.app.state.pusher
    return None if pusher is None else str(pusher.public_key)


@router.get(
    "/me/devices", operation_id="list_devices", response_model=DevicesView,
    responses=declare(NotSignedIn, NotAllowed, NotReady),
)  # fmt: skip
async def list_devices(asks: Asking) -> Response:
    """The browsers that get your push messages, newest first, and the key that another one needs."""

    def work(session: Session, actor: Actor) -> Answer:
        check_owns_credentials(actor)
        return json_answer(DevicesView.all_of(queries.list_devices(session, actor), actor.session_id, key_of(asks)))

    return await asks.answer(work)


@router.post(
    "/me/devices", operation_id="register_device", status_code=201, response_model=DeviceView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, PushIsOff, NotReady),
)  # fmt: skip
async def register_device(draft: Deferred[RegisterDevice], asks: Asking) -> Response:
    """Get your push messages in this browser too, until you sign out there; the same browser again is one device.

    At most 20: the oldest makes room.
    """
    wish = device_of(draft, asks.request.headers.get("user-agent", ""))

    def work(session: Session, actor: Actor) -> Answer:
        device = operations.register_device(session, actor, wish, push_is_on=key_of(asks) is not None)
        return created(DeviceView.of(device, actor.session_id), PATH)

    return await asks.write(work)


@router.delete(
    "/me/devices/{device_id}", operation_id="forget_device", status_code=204,
    responses=declare(NotSignedIn, NotAllowed, NotFound, NotReady),
)  # fmt: skip
async def forget_device(device_id: DeviceId, asks: Asking) -> Response:
    """No push messages in that browser any more, at once."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.forget_device(session, actor, device_id)
        return no_content()

    return await asks.write(work)
