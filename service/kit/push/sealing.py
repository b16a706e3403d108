"""A message sealed for one browser: RFC 8291 (Message Encryption for Web Push) in the framing of RFC 8188.

The push service that carries it can neither read nor change it. A sealed message has one record; beside its text it
takes 103 bytes: a head of 86, the delimiter, and the authentication tag.
"""

import os
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE: Final = ec.SECP256R1()
RECORD: Final = 4096
"""The record size that the head names; one record is all there is (RFC 8291 section 4)."""

MOST: Final = RECORD - 103
LAST: Final = b"\x02"
"""The delimiter of the last record (RFC 8188 section 2)."""


def seal(text: bytes, p256dh: bytes, auth: bytes) -> bytes:
    """The body of the request that carries `text`, with `Content-Encoding: aes128gcm`.

    `p256dh` is the browser's public key (65 bytes), `auth` the secret that it gave us (16 bytes). Raises ValueError
    for a key that is none, or more than MOST bytes of text.
    """
    return seal_with(text, p256dh, auth, ec.generate_private_key(CURVE), os.urandom(16))


def seal_with(text: bytes, p256dh: bytes, auth: bytes, own: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """As `seal`, with a key and a salt that must be fresh for each message."""
    if len(text) > MOST:
        raise ValueError(f"a message has at most {MOST} bytes")
    public = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh))
    key, nonce = keys(shared, auth, salt, p256dh, public)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(public)]) + public
    return head + AESGCM(key).encrypt(nonce, text + LAST, None)


def keys(shared: bytes, auth: bytes, salt: bytes, receiver: bytes, sender: bytes) -> tuple[bytes, bytes]:
    """The content's key and nonce (RFC 8291 section 3.4), from the ECDH secret, both secrets and both public keys."""
    material = derived(auth, shared, b"WebPush: info\x00" + receiver + sender, 32)
    key = derived(salt, material, b"Content-Encoding: aes128gcm\x00", 16)
    return key, derived(salt, material, b"Content-Encoding: nonce\x00", 12)


def derived(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256 (RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)
