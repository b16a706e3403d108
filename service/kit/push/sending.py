"""One message to one browser: sealed, signed, sent through the guarded client, and what its push service made of it."""

from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from service.kit.mailer import mail_domain
from service.kit.outbound import Outbound, Outcome, Sending
from service.kit.push.messages import PushAddress, PushMessage, PushOutcome, unpacked

if TYPE_CHECKING:
    from service.kit.push.vapid import Signer

LASTS: Final = 86_400
"""Seconds for which a push service keeps a message for a browser that is away (TTL, RFC 8030 section 5.2)."""

GONE: Final = (404, 410)
LATER: Final = (408, 425, 429)
"""Statuses: the browser has unsubscribed (RFC 8030 section 7.3); and, beside 5xx, those that ask for patience."""


class WebPusher:
    """Sends push messages in the name of one site. `key` as `Signer` takes it; see `open_pusher`."""

    def __init__(self, key: str, base_url: str, outbound: Outbound) -> None:
        self._key = key
        self._contact = base_url if base_url.startswith("https://") else f"mailto:parley@{mail_domain(base_url)}"
        self._outbound = outbound

    @cached_property
    def _signer(self) -> "Signer":
        """Made when it is first needed: the cryptography takes 8 MB, and most sites start without a message to send."""
        from service.kit.push.vapid import Signer

        return Signer(self._key, self._contact)

    @property
    def public_key(self) -> str:
        """What browsers subscribe with."""
        return self._signer.public_key

    async def send(self, address: PushAddress, message: PushMessage) -> PushOutcome:
        """Send it; at most 15 s."""
        from service.kit.push.sealing import seal

        try:
            body = seal(message.payload(), unpacked(address.p256dh), unpacked(address.auth))
        except ValueError as error:
            return PushOutcome("refused", f"the browser's keys cannot be used: {error}")
        headers = {
            "Authorization": self._signer.authorization(address.endpoint, datetime.now(UTC)),
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(LASTS),
            "Topic": message.tag,
            "Urgency": "normal",
        }
        return judged(await self._outbound.send(Sending(address.endpoint, body, headers)))


def judged(outcome: Outcome) -> PushOutcome:
    """What an outcome means for a push message."""
    if outcome.accepted:
        return PushOutcome("sent", outcome.words)
    if outcome.status in GONE:
        return PushOutcome("gone", outcome.words)
    if outcome.failure in ("unreachable", "timeout", "broken"):
        return PushOutcome("later", outcome.words)
    if outcome.status is not None and (outcome.status in LATER or outcome.status >= 500):
        return PushOutcome("later", outcome.words, outcome.retry_after)
    return PushOutcome("refused", outcome.words)
