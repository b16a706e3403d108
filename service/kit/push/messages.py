"""What is sent to a browser, where it goes, and how that ended: plain values, without any cryptography."""

import base64
import json
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from service.kit.mail_headers import one_line

Ending = Literal["sent", "gone", "later", "refused"]
"""The push service took the message; there is no such browser any more; try again; not this message, or not from us."""

MOST_TITLE: Final = 120
MOST_TEXT: Final = 240
"""Characters that are shown; with four bytes each a message stays far below the 4,096 bytes that every push service
takes (RFC 8030 section 7.2)."""


@dataclass(frozen=True, slots=True)
class PushAddress:
    """One browser: its address at the push service, its public key, and the secret that it shares with us alone.

    As the browser gives them (Push API, section 8.1): a URL, and base64url of 65 and of 16 bytes.
    """

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class PushMessage:
    """What a browser shows: a title, a line of text, the path that a click opens, and a tag.

    Of messages with one tag the browser shows the last. The tag is at most 32 characters of `A-Za-z0-9_-`: it is the
    Topic too, by which the push service replaces what it has not delivered yet (RFC 8030 section 5.4).
    """

    title: str
    text: str
    path: str
    tag: str

    def payload(self) -> bytes:
        """The message as JSON in UTF-8, cut to its limits."""
        shown = {"title": cut(self.title, MOST_TITLE), "text": cut(self.text, MOST_TEXT)}
        return json.dumps(shown | {"path": self.path, "tag": self.tag}, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class PushOutcome:
    """How it ended, in a word and in words; `retry_after` is what the push service asks to wait, in seconds."""

    ending: Ending
    words: str
    retry_after: int | None = None


class Pusher(Protocol):
    """Whatever sends push messages. `public_key` is what browsers subscribe with (base64url of 65 bytes)."""

    @property
    def public_key(self) -> str:
        """Base64url of 65 bytes."""

    async def send(self, address: PushAddress, message: PushMessage) -> PushOutcome:
        """Send one message to one browser. Never raises for what the push service does."""


def cut(text: str, most: int) -> str:
    """The text as one line of at most `most` characters; "…" says that there was more."""
    line = one_line(text)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def unpacked(text: str) -> bytes:
    """The bytes of base64url without padding (RFC 4648 section 5). Raises ValueError for anything else."""
    if not text.isascii() or set(text) - ALPHABET or len(text) % 4 == 1:
        raise ValueError("is not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def packed(content: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


ALPHABET: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
"""The field and the curve P-256: y² = x³ - 3x + B (NIST SP 800-186 section 3.2.1.3)."""


def is_public_key(content: bytes) -> bool:
    """Whether the bytes are an uncompressed point of P-256, as a browser's `p256dh` must be (RFC 8291 section 3.1)."""
    if len(content) != 65 or content[0] != 4:
        return False
    x, y = int.from_bytes(content[1:33], "big"), int.from_bytes(content[33:], "big")
    return x < P and y < P and (y * y - (x * x * x - 3 * x + B)) % P == 0
