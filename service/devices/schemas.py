"""The shapes of devices on the wire."""

from collections.abc import Sequence
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from service.devices.models import PushDevice
from service.devices.operations import NewDevice
from service.kit.errors import Invalid
from service.kit.push import PushAddress
from service.kit.push.messages import is_public_key, unpacked
from service.site.schemas import Moment
from service.web.bodies import RequestModel
from service.web.paging import Page

KEYS: Final[JsonDict] = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
EXAMPLE: Final[JsonDict] = {"endpoint": "https://push.example.net/send/4fc1d0b6a3", "keys": KEYS}
"""What a browser may send. The keys are those of the example in RFC 8291."""


def address_text(value: str) -> str:
    """An absolute address, in the characters that addresses have (RFC 3986)."""
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("https", "http") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    if not whole or not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError("must be an address that begins with https://")
    return value


def public_key_text(value: str) -> str:
    """A browser's public key."""
    if not is_public_key(unpacked(value)):
        raise ValueError("must be a point of P-256 in base64url, as browsers give it")
    return value


def secret_text(value: str) -> str:
    """A browser's secret."""
    if len(unpacked(value)) != 16:
        raise ValueError("must be 16 bytes in base64url, as browsers give it")
    return value


class DeviceKeys(RequestModel):
    """What messages are sealed with: `toJSON().keys` of the browser's subscription."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [KEYS]})
    p256dh: Annotated[str, AfterValidator(public_key_text)] = Field(max_length=100)
    auth: Annotated[str, AfterValidator(secret_text)] = Field(max_length=40)


class RegisterDevice(RequestModel):
    """A browser's subscription (Push API): its address at the push service, and its keys."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})
    endpoint: Annotated[str, AfterValidator(address_text)] = Field(max_length=2000)
    keys: DeviceKeys


def device_of(draft: RegisterDevice | Invalid, user_agent: str) -> NewDevice | Invalid:
    """The device; a refusal stays one."""
    if isinstance(draft, Invalid):
        return draft
    return NewDevice(PushAddress(draft.endpoint, draft.keys.p256dh, draft.keys.auth), user_agent)


class DeviceView(BaseModel):
    """A browser that gets your push messages. Its address and its keys are not shown again."""

    id: int
    push_service: str = Field(description="The host of the push service that its messages go through.")
    user_agent: str
    created_at: Moment
    last_used_at: Moment | None = Field(description="When its push service last took a message.")
    failed: int = Field(description="How many messages its push service refused since then; after 10 it is forgotten.")
    current: bool = Field(description="Whether push was turned on in the session that asks.")

    @classmethod
    def of(cls, device: PushDevice, session_id: int | None) -> "DeviceView":
        """The wire form of the row; `session_id` is the session that asks, if one does."""
        shown = device.model_dump(include=set(cls.model_fields))
        current = session_id is not None and device.session_id == session_id
        return cls(**shown, push_service=urlsplit(device.endpoint).hostname or "", current=current)


class DevicesView(Page[DeviceView]):
    """Your devices, all on one page."""

    key: str | None = Field(
        description="The site's public key, the `applicationServerKey` that a browser subscribes with; null when the "
        "site sends no push messages."
    )

    @classmethod
    def all_of(cls, devices: Sequence[PushDevice], session_id: int | None, key: str | None) -> "DevicesView":
        """The wire form of the rows."""
        return cls(items=[DeviceView.of(device, session_id) for device in devices], next=None, key=key)
