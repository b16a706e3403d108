"""Trying one operation as everybody: a fresh subject for each, so that nobody profits from the one before."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from service.accounts.models import Account
from service.devices.schemas import EXAMPLE
from service.kit.database import Session
from tests.api.openapi import Json, Operation
from tests.api.sending import example_body, request_for
from tests.api.stage import Stage, bury_one, hold
from tests.build import a_reply, a_thread
from tests.cast import PASSWORD, Person, enter

ROLES = ("guest", "reader", "member", "owner", "moderator", "admin")
"""Who asks. The owner is alice: her thread, her reply, her session. The reader is the admin's token, scope `read`."""

SANCTIONED = {"reason": "Insults.", "until": None, "id": 1}
SPECIAL: dict[str, Json] = {
    "suspended": {"standing": {"suspension": SANCTIONED}},
    "silenced": {"standing": {"silence": SANCTIONED}},
    "elsewhere": {"moderated": [1_000_000]},
    "here": {"moderated": [1]},
}
"""Members who are more or less than that, by what their account says: suspended, silenced, and the moderators of
another category, and of the one where the subject stands.
"""

PLAYED_BY = {"guest": "guest", "member": "bob", "owner": "alice", "moderator": "mona", "admin": "ada"}
count = itertools.count(1)


@dataclass
class Subject:
    """What an operation is tried on: parameters for its path, and members that its body must have anew each time."""

    parameters: Json
    body: Json


async def client_of(stage: Stage, role: str) -> httpx.AsyncClient:
    """The HTTP client of a role; for the reader a client without cookies, with a new token of the admin's."""
    if role in SPECIAL:
        return (await special(stage, role)).client
    if role != "reader":
        return stage.client(PLAYED_BY[role])
    made = await stage.must("ada", "POST", "/tokens", {"name": "Reader", "scopes": ["read"]})
    return _opened(stage, {"Authorization": f"Bearer {made['token']}"})


async def special(stage: Stage, role: str) -> Person:
    """Somebody of a special role, who joins the cast at the first call."""
    if role not in stage.people:
        person = await enter(stage.app, _opened(stage), role)

        def become(session: Session) -> None:
            account = session.get_one(Account, person.id)
            for name, value in SPECIAL[role].items():
                setattr(account, name, value)

        await stage.app.state.database.write(become)
        stage.people[role] = person
    return stage.people[role]


def _opened(stage: Stage, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(stage.app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=stage.guest.base_url, headers=headers)


async def fresh_subject(stage: Stage, operation: Operation, category: str = "general") -> Subject:
    """A thread and a reply of alice's, a session and a token of hers, an empty category: what the operation names."""
    wanted = {item["name"] for item in operation.parameters("path")}
    number = next(count)
    values: Json = {"name": "like"} if "name" in wanted else {}  # of a reaction
    if "kind" in wanted:  # of a timer
        values["kind"] = "archive"
    newcomer = {"username": f"dorothea{number}", "email": f"d{number}@example.org", "password": "middlemarch, 1871"}
    if "username" in wanted or operation.id == "sign_in":
        await stage.must("guest", "POST", "/accounts", newcomer)
        values["username"] = newcomer["username"]
    if wanted & {"thread_id", "reply_id"}:
        thread = await a_thread(stage.people["alice"], category=category)
        values["thread_id"] = thread["id"]
        if "reply_id" in wanted:
            values["reply_id"] = (await a_reply(stage.people["alice"], thread))["id"]
        if "number" in wanted:  # of an earlier text
            edited = f"/replies/{values['reply_id']}" if "reply_id" in wanted else f"/threads/{thread['id']}"
            await stage.must("alice", "PATCH", edited, {"body": "Who came home?"})
            values["number"] = 1
    if "slug" in wanted:
        values["slug"] = await _named_by_slug(stage, operation, number, category)
    if operation.id in ("explain_thread", "explain_reply"):
        values["username"] = "alice"
    for name in sorted(wanted & set(MAKERS)):
        values[name] = await MAKERS[name](stage, category, number)
    unique: dict[str, Json] = {
        "register": newcomer,
        "read_thread": {"number": 0},
        "sign_in": {"login": newcomer["username"]},
    }
    return Subject(values, unique.get(operation.id, {}))


async def _named_by_slug(stage: Stage, operation: Operation, number: int, category: str) -> str:
    """The slug of a new tag, of a thread of alice's, or of a new category."""
    if "/tags/" in operation.path:
        await a_thread(stage.people["alice"], category=category, tags=[f"Tag {number}"])
        return f"tag-{number}"
    made = await stage.must("ada", "POST", "/categories", {"name": f"Seminar {number}", "slug": f"seminar-{number}"})
    return str(made["slug"])


async def _session(stage: Stage, category: str, number: int) -> int:
    """A session of alice's."""
    answer = await stage.guest.post("/api/v1/sessions", json={"login": "alice", "password": PASSWORD})
    stage.guest.cookies.clear()
    return int(answer.json()["session"]["id"])


async def _token(stage: Stage, category: str, number: int) -> int:
    """A token of alice's."""
    return int((await stage.must("alice", "POST", "/tokens", {"name": "T", "scopes": ["read"]}))["id"])


async def _device(stage: Stage, category: str, number: int) -> int:
    """A browser of alice's that gets push messages."""
    browser = EXAMPLE | {"endpoint": f"https://push.example.net/send/{number}"}
    return int((await stage.must("alice", "POST", "/me/devices", browser))["id"])


async def _review(stage: Stage, category: str, number: int) -> int:
    """The open review of a thread of alice's."""
    await hold(stage, 100)
    held = await a_thread(stage.people["alice"], category=category)
    await hold(stage, 0)
    found = await stage.must("mona", "GET", "/reviews?state=open&limit=100")
    return int(next(each["id"] for each in found["items"] if each["thread_id"] == held["id"]))


async def _notification(stage: Stage, category: str, number: int) -> int:
    """A new notification of alice's."""
    await a_reply(stage.people["bob"], await a_thread(stage.people["alice"], category=category))
    await stage.jobs()
    return int((await stage.must("alice", "GET", "/notifications?limit=1"))["items"][0]["id"])


async def _reason(stage: Stage, category: str, number: int) -> int:
    """A reason that moderators give often."""
    made = await stage.must("mona", "POST", "/moderation/reasons", {"title": f"Names {number}", "body": "No names."})
    return int(made["id"])


async def _decision(stage: Stage, category: str, number: int) -> int:
    """A decision of Parley's own that has hidden a thread of alice's, because bob flagged it."""
    thread = await a_thread(stage.people["alice"], category=category)
    await stage.must("ada", "PATCH", "/site", {"flags_hide_at": 0.25}, **{"If-Match": "*"})
    await stage.must("bob", "POST", f"/threads/{thread['id']}/flags", {"reason": "spam"})
    await stage.must("ada", "PATCH", "/site", {"flags_hide_at": 3}, **{"If-Match": "*"})
    return int((await stage.must("alice", "GET", "/decisions?limit=1"))["items"][0]["id"])


async def _appeal(stage: Stage, category: str, number: int) -> int:
    """An appeal of alice's against such a decision."""
    decision = await _decision(stage, category, number)
    made = await stage.must("alice", "POST", f"/decisions/{decision}/appeal", {"reason": "It is no spam."})
    return int(made["appeal"]["id"])


async def _event(stage: Stage, category: str, number: int) -> int:
    """The log's entry of such a decision."""
    await _decision(stage, category, number)
    return int((await stage.must("ada", "GET", "/audit?kind=thread.hidden&limit=1"))["items"][0]["id"])


async def _rule(stage: Stage, category: str, number: int) -> int:
    """A rule of the category."""
    rule = {"name": f"Rule {number}", "kind": "words", "terms": {"lines": ["casino"]}, "category": category}
    return int((await stage.must("mona", "POST", "/moderation/rules", rule))["id"])


async def _backtest(stage: Stage, category: str, number: int) -> int:
    """A backtest on the posts of the category."""
    asked = {"rules": [{"kind": "hold_all"}], "category": category}
    return int((await stage.must("mona", "POST", "/moderation/rules/backtest", asked))["id"])


async def _dead_job(stage: Stage, category: str, number: int) -> int:
    """A job that was given up."""
    await stage.app.state.database.write(bury_one, 1_000 + number)
    return 1_000 + number


MAKERS: dict[str, Callable[[Stage, str, int], Awaitable[int]]] = {
    "session_id": _session, "token_id": _token, "device_id": _device, "review_id": _review,
    "notification_id": _notification, "job_id": _dead_job, "reason_id": _reason,
    "decision_id": _decision, "event_id": _event, "appeal_id": _appeal, "rule_id": _rule, "backtest_id": _backtest,
}  # fmt: skip
"""What an operation's path may name, made anew, by the parameter's name."""

Prepare = Callable[[Stage, Subject], Awaitable[Any]]


async def prepared(stage: Stage, operation: Operation, prepare: Prepare | None) -> Subject:
    """A fresh subject, made ready."""
    subject = await fresh_subject(stage, operation)
    if prepare is not None:
        await prepare(stage, subject)
    return subject


async def try_as(stage: Stage, document: Json, operation: Operation, role: str, subject: Subject) -> httpx.Response:
    """The operation's example, sent by somebody of this role about this subject."""
    body = example_body(document, operation)
    needs_version = operation.id in ("change_site", "change_rule", "delete_rule")
    values = subject.parameters | ({"if-match": '"v1"'} if needs_version else {})
    client = await client_of(stage, role)
    return await client.send(request_for(client, operation, values, body and body | subject.body))
