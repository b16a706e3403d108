"""From rows to the view of `/settings`."""

import re
from dataclasses import dataclass
from typing import Final

from service.accounts.models import ApiToken, SignedIn
from service.accounts.policy import check_owns_credentials
from service.accounts.queries import list_sessions, list_tokens, own_account
from service.devices.models import PushDevice
from service.devices.queries import list_devices
from service.kit.actor import ROLES, SCOPES, Actor, check_signed_in
from service.kit.database import Session
from service.kit.database.rows import stored_id
from service.notifications.queries import mail_is_on
from service.pages import forms
from service.pages.frame import stopped_by
from service.pages.views.account import DeviceLine, SessionLine, SettingsPage, TokenLine
from service.pages.views.frame import Choice, Form

MOST: Final = 100
"""Sessions and tokens shown; nobody has more in use."""

NOTICES: Final = {
    "profile": ("profile", "The name was saved."),
    "address": ("address", "The address was saved."),
    "mail": ("mail", "That was saved."),
    "password": ("password", "The password was changed. Every other browser is signed out."),
    "session": ("sessions", "That browser is signed out."),
    "token": ("tokens", "The token was revoked."),
    "push": ("push", "Push is on in this browser."),
    "device": ("push", "That browser gets no push messages any more."),
}
SECTION: Final = {
    "name": "profile", "email": "address", "mail-on": "mail", "mail-off": "mail", "password": "password",
    "revoke-session": "sessions", "make-token": "tokens", "revoke-token": "tokens",
    "forget-device": "push",
}  # fmt: skip
SCOPE_WORDS: Final = {
    "read": "Read what you may read",
    "write": "Write: open threads, reply, edit",
    "moderate": "Moderate: close and reopen, edit and delete others' posts",
    "admin": "Administer: the site, categories, roles, and your sessions and tokens",
}
NEEDS: Final = {"moderate": "moderator", "admin": "admin"}
BROWSERS: Final = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refused:
    """The form that was refused, by its deed, as it is shown again."""

    deed: str
    form: Form


def settings_view(
    session: Session, actor: Actor, refused: Refused | None, saved: str, secret: str | None, push_key: str | None
) -> SettingsPage:
    """The page. Raises NotSignedIn for a guest, NotAllowed for a token that may not see credentials."""
    check_signed_in(actor, "read")
    check_owns_credentials(actor)
    account = own_account(session, actor)

    def form(section: str, values: dict[str, str] | None = None) -> Form:
        if refused is not None and SECTION[refused.deed] == section:
            return refused.form
        where, words = NOTICES.get(saved, ("", ""))
        return forms.fresh(values, notice=words if where == section and not refused else None)

    return SettingsPage(
        profile=form("profile", {"display_name": account.display_name}),
        password=form("password"),
        mail=form("mail"),
        address=form("address", {"email": account.email}),
        sessions_form=form("sessions"),
        tokens_form=form("tokens", {"scope_read": "on"}),
        devices_form=form("push"),
        email=account.email,
        mail_on=mail_is_on(session, actor),
        sessions=tuple(_session_line(row, actor) for row in list_sessions(session, actor, None, MOST)),
        tokens=tuple(_token_line(row) for row in list_tokens(session, actor, None, MOST)),
        scopes=tuple(Choice(scope, SCOPE_WORDS[scope]) for scope in SCOPES if _may_hold(actor, scope)),
        new_token=secret,
        push_key=push_key,
        devices=tuple(_device_line(row, actor) for row in list_devices(session, actor)) if push_key else (),
        silenced=stopped_by(actor.silence),
    )


def _may_hold(actor: Actor, scope: str) -> bool:
    """Whether a token of this scope could do anything for this actor."""
    if scope == "moderate" and actor.moderates_some:
        return True
    return actor.is_at_least(NEEDS.get(scope, ROLES[1]))


def _session_line(row: SignedIn, actor: Actor) -> SessionLine:
    current = row.id == actor.session_id
    return SessionLine(stored_id(row.id), device(row.user_agent), row.created_at, row.last_used_at, current)


def _token_line(row: ApiToken) -> TokenLine:
    name = f"{row.name} ({row.hint}…)"
    return TokenLine(stored_id(row.id), name, ", ".join(row.scopes), row.created_at, row.last_used_at)


def _device_line(row: PushDevice, actor: Actor) -> DeviceLine:
    current = row.session_id is not None and row.session_id == actor.session_id
    name = device(row.user_agent)
    return DeviceLine(stored_id(row.id), name, row.created_at, row.last_used_at, row.failed > 0, current)


def device(user_agent: str) -> str:
    """A User-Agent header (RFC 9110 section 10.1.5) in two words: `Firefox on Linux`. Only a reminder for its owner."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    if browser is None:
        return re.split(r"[ /(]", user_agent, maxsplit=1)[0][:40] or "Unknown program"
    return f"{browser} on {system}" if system else browser
