"""Asking the site's own address as a stranger would: does it answer, and how long does its certificate last?"""

import http.client
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

PATIENCE: Final = 5.0
"""Seconds for each step."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: the status, whether it was Parley, and until when the certificate is good (https)."""

    status: int
    is_parley: bool
    expires: datetime | None


def knock(base_url: str) -> Answered:
    """GET `/healthz` there. Raises OSError (no connection, TLS that does not hold) or http.client.HTTPException."""
    url = urlsplit(base_url)
    host, expires = url.hostname or "", None
    if url.scheme == "https":
        secure = http.client.HTTPSConnection(host, url.port, timeout=PATIENCE, context=ssl.create_default_context())
        secure.connect()
        told = secure.sock.getpeercert() if isinstance(secure.sock, ssl.SSLSocket) else None
        if told:
            expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
        connection: http.client.HTTPConnection = secure
    else:
        connection = http.client.HTTPConnection(host, url.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return Answered(answer.status, b'"alive"' in answer.read(1000), expires)
    finally:
        connection.close()
