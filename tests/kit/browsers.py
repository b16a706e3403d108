"""A browser that takes push messages, and the push service it belongs to, for the tests: both really check.

The browser opens what was sealed for it as RFC 8291 section 3 says; the service demands RFC 8292's signed note.
"""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.kit.outside import Heard, listening, read_request

CURVE = ec.SECP256R1()


def b64(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of it."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hkdf(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)


class Browser:
    """One browser's subscription: its keys, and what it makes of a message."""

    def __init__(self, endpoint: str, private: int | None = None, auth: bytes = b"sixteen bytes...") -> None:
        self.endpoint = endpoint
        self.auth = auth
        self._key = ec.derive_private_key(private, CURVE) if private else ec.generate_private_key(CURVE)
        self.public = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def keys(self) -> dict[str, str]:
        """What it tells the site (Push API, `toJSON().keys`)."""
        return {"p256dh": b64(self.public), "auth": b64(self.auth)}

    def open(self, body: bytes) -> bytes:
        """The text of a sealed message. Raises InvalidTag for one that is not for this browser."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size, "one record is all there may be"
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        material = hkdf(self.auth, shared, b"WebPush: info\0" + self.public + sender, 32)
        key = hkdf(salt, material, b"Content-Encoding: aes128gcm\0", 16)
        padded = AESGCM(key).decrypt(hkdf(salt, material, b"Content-Encoding: nonce\0", 12), sealed, None)
        text, delimiter, padding = padded.rpartition(b"\x02")
        assert delimiter
        assert not padding.strip(b"\0")
        return text

    def read(self, body: bytes) -> dict[str, Any]:
        """The message in a request's body."""
        message: dict[str, Any] = json.loads(self.open(body))
        return message


def claims_of(authorization: str) -> tuple[dict[str, Any], str]:
    """The claims of a signed note and the key that signed it. Raises InvalidSignature for another's."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    assert json.loads(unb64(head)) == {"typ": "JWT", "alg": "ES256"}
    numbers = unb64(signature)
    assert len(numbers) == 64
    der = encode_dss_signature(int.from_bytes(numbers[:32], "big"), int.from_bytes(numbers[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unb64(parts["k"]))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    found: dict[str, Any] = json.loads(unb64(claims))
    return found, parts["k"]


@dataclass
class Carrier(Heard):
    """What a push service was told. `answers` are its statuses by path (201 otherwise), `more` further headers."""

    answers: dict[str, int] = field(default_factory=dict)
    more: str = ""

    @property
    def origin(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        """Which browsers it was asked to reach, in order."""
        return [head.split(" ")[1] for head in self.heads]

    def browser(self, path: str = "/push/1") -> Browser:
        """A browser that this service reaches under `path`."""
        return Browser(self.origin + path)

    def header(self, name: str, index: int = -1) -> str:
        """A header of one request."""
        lines = self.heads[index].split("\r\n")
        return next(line.split(":", 1)[1].strip() for line in lines if line.lower().startswith(f"{name.lower()}:"))


@asynccontextmanager
async def push_service() -> AsyncGenerator[Carrier]:
    """A push service on the loopback, reached over http."""
    service = Carrier()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader, service)
        status = service.answers.get(service.paths[-1], 201)
        writer.write(f"HTTP/1.1 {status} So\r\nContent-Length: 0\r\n{service.more}\r\n".encode())
        await writer.drain()

    async with listening(talk) as service.port:
        yield service
