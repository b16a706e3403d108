"""Settings: what each is, where it comes from, and which choices are unwise."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import make_url

from service.cli.checks.findings import OK, WARN, Finding, judge
from service.kit.push import push_is_installed
from service.kit.tracing import tracing_is_installed
from service.settings import Settings

SECRET: Final = frozenset(("secret_key", "vapid_key"))
ADDRESSES: Final = frozenset(("database_url", "replica_url", "smtp_url", "otel_endpoint"))
"""Settings that are never shown; and addresses, whose passwords are not."""


def effective(settings: Settings, environment: Mapping[str, str] = os.environ) -> list[dict[str, str]]:
    """Every setting with its value, secrets left out, and where it comes from: the environment or the default."""
    return [
        {
            "setting": f"PARLEY_{name.upper()}",
            "value": shown(name, getattr(settings, name)),
            "source": "environment" if environment.get(f"PARLEY_{name.upper()}") else "default",
        }
        for name in type(settings).model_fields
    ]


def shown(name: str, value: Any) -> str:
    """A value as it may be read over somebody's shoulder."""
    if name in SECRET:
        return "(set)" if value else "(not set)"
    if name in ADDRESSES:
        return masked(str(value))
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def masked(address: str) -> str:
    """An address without its password."""
    if not address:
        return "(not set)"
    try:
        return make_url(address).render_as_string(hide_password=True)
    except Exception:  # not of a database, and oddly written: better none of it than a password
        return f"{urlsplit(address).scheme}://…"


def look(settings: Settings) -> Iterator[Finding]:
    """Which choices are unwise."""
    yield judge(
        "rate limits", settings.rate_limits == "on", f"are {settings.rate_limits}",
        "Unset PARLEY_RATE_LIMITS: without limits passwords can be guessed as fast as the machine answers.",
    )  # fmt: skip
    local = urlsplit(settings.base_url).hostname in ("localhost", "127.0.0.1", "::1")
    yield judge(
        "https", settings.secure or local, settings.base_url,
        "Put a proxy with TLS in front and begin PARLEY_BASE_URL with https: cookies and passwords go in the clear.",
    )  # fmt: skip
    yield judge(
        "proxy", bool(settings.trusted_proxies) or local,
        "trusted: " + (shown("trusted_proxies", settings.trusted_proxies) or "none"),
        "Name the proxy's address in PARLEY_TRUSTED_PROXIES: otherwise all visitors count as one, and a few wrong "
        "passwords of one lock everybody out.",
    )  # fmt: skip
    wide = [str(each) for each in settings.trusted_proxies if each.prefixlen == 0]
    if wide:
        yield Finding(
            "trusted addresses", WARN, f"everybody ({', '.join(wide)})",
            "Name the proxy's own address in PARLEY_TRUSTED_PROXIES: now anybody can claim any address.",
        )  # fmt: skip
    if settings.log_level == "debug":
        yield Finding(
            "log", WARN, "tells the messages of exceptions, which may quote texts and addresses",
            "Unset PARLEY_LOG_LEVEL when you have found what you looked for.",
        )  # fmt: skip
    if settings.otel_endpoint:
        yield judge(
            "traces", tracing_is_installed(), f"to {masked(settings.otel_endpoint)}",
            "Install the extra: sh tools/environment.sh otel",
        )  # fmt: skip
    yield Finding("push", OK, "is installed" if push_is_installed() else "is not installed (the extra `push`)")
