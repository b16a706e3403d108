"""Who sends: a signed note for the push service (RFC 8292, VAPID), which takes messages from this site's key alone."""

import json
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.kit.push.messages import packed, unpacked
from service.kit.push.sealing import CURVE

HOLDS: Final = timedelta(hours=12)
"""How long a note is good for; push services take at most 24 hours (RFC 8292 section 2)."""


class Signer:
    """Signs with one P-256 key; `key` is its private number, 32 bytes in base64url. Raises ValueError for another."""

    def __init__(self, key: str, contact: str) -> None:
        self._key = ec.derive_private_key(int.from_bytes(unpacked(key), "big"), CURVE)
        self._contact = contact
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_key = packed(point)

    def authorization(self, endpoint: str, at: datetime) -> str:
        """The Authorization header for a message to `endpoint`, sent at `at` (RFC 8292 section 3)."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((at + HOLDS).timestamp()),
            "sub": self._contact,
        }
        return f"vapid t={self._signed({'typ': 'JWT', 'alg': 'ES256'}, claims)}, k={self.public_key}"

    def _signed(self, *parts: dict[str, object]) -> str:
        """A JSON Web Token (RFC 7519) with ES256: the two numbers of the signature, 32 bytes each (RFC 7518 3.4)."""
        text = ".".join(packed(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        r, s = decode_dss_signature(self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{packed(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
