"""Web Push: a short message to one browser, sealed for it alone, over its maker's push service (RFC 8030).

`open_pusher(key, base_url, outbound)` gives what sends; `push_is_installed()` says whether it can. The cryptography
(RFC 8291, RFC 8188, RFC 8292) is a page of our own over the package `cryptography`, the extra `push`: without it this
folder can be imported and there is no pusher. docs/decisions/0012-web-push.md says why.
"""

from importlib.util import find_spec

from service.kit.outbound import Outbound
from service.kit.push.messages import Ending, PushAddress, Pusher, PushMessage, PushOutcome

__all__ = [
    "Ending", "PushAddress", "PushMessage", "PushOutcome", "Pusher", "open_pusher", "push_is_installed",
]  # fmt: skip


def push_is_installed() -> bool:
    """Whether the extra `push` is there."""
    return find_spec("cryptography") is not None  # which imports nothing of it


def open_pusher(key: str, base_url: str, outbound: Outbound) -> Pusher | None:
    """What sends push messages, signed with `key` (a P-256 private key, 32 bytes in base64url), through `outbound`.

    None without a key, or without the extra `push`: then nobody is offered push. `base_url` tells push services whose
    messages these are.
    """
    if not key or not push_is_installed():
        return None
    from service.kit.push.sending import WebPusher  # the extra is imported where it is used, and only there

    return WebPusher(key, base_url, outbound)
