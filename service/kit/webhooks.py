"""Signed messages to programs elsewhere, as the Standard Webhooks specification (standardwebhooks.com, 1.0) has them.

The signature is HMAC-SHA-256 (RFC 2104) over `{id}.{timestamp}.{body}` with the secret's bytes; the secret is
`whsec_` and 24 to 64 bytes in base64. The receiver compares in constant time, refuses timestamps that are minutes old,
and knows a repeat by its id.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def new_secret() -> str:
    """A secret of 256 random bits, as it is shown once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(secret: str, message_id: str, timestamp: int, body: bytes) -> Mapping[str, str]:
    """The headers that go with a body: `webhook-id`, `webhook-timestamp` (seconds since 1970), `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}",
        "content-type": "application/json",
    }  # fmt: skip
