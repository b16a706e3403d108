"""Authorisation is a table: who may do what, for every operation and every role, and for what must stay hidden."""

from typing import Any

import pytest

from tests.api.openapi import Json, named, operations
from tests.api.roles import ROLES, SPECIAL, Subject, client_of, prepared, special, try_as
from tests.api.sending import example_body, request_for
from tests.api.stage import Stage, hold_edit
from tests.api.test_framing import unsafe_routes
from tests.build import a_reply, a_thread

pytestmark = pytest.mark.anyio

# Order of the columns: guest, reader (an admin's token with the scope `read` alone), member, owner, moderator, admin.
TABLE = {
    "register": "201 201 201 201 201 201",
    "get_account": "200 200 200 200 200 200",
    "change_account": "401 403 403 403 403 200",
    "get_me": "401 200 200 200 200 200",
    "change_me": "401 403 200 200 200 200",
    "sign_in": "201 201 201 201 201 201",
    "list_sessions": "401 403 200 200 200 200",
    "sign_out": "401 403 204 204 204 204",
    "end_session": "401 403 404 204 404 404",
    "list_tokens": "401 403 200 200 200 200",
    "make_token": "401 403 201 201 201 201",
    "revoke_token": "401 403 404 204 404 404",
    "list_categories": "200 200 200 200 200 200",
    "make_category": "401 403 403 403 403 201",
    "get_category": "200 200 200 200 200 200",
    "change_category": "401 403 403 403 403 200",
    "delete_category": "401 403 403 403 403 204",
    "list_category_moderators": "401 403 403 403 200 200",
    "add_category_moderator": "401 403 403 403 403 200",
    "remove_category_moderator": "401 403 403 403 403 204",
    "list_threads": "200 200 200 200 200 200",
    "list_tags": "200 200 200 200 200 200",
    "open_thread": "401 403 201 201 201 201",
    "get_thread": "200 200 200 200 200 200",
    "edit_thread": "401 403 403 200 200 200",
    "delete_thread": "401 403 403 204 204 204",
    "list_thread_revisions": "200 200 200 200 200 200",
    "redact_thread_revision": "401 403 403 403 204 204",
    "list_replies": "200 200 200 200 200 200",
    "post_reply": "401 403 201 201 201 201",
    "get_reply": "200 200 200 200 200 200",
    "edit_reply": "401 403 403 200 200 200",
    "delete_reply": "401 403 403 204 204 204",
    "list_reply_revisions": "200 200 200 200 200 200",
    "redact_reply_revision": "401 403 403 403 204 204",
    "close_thread": "401 403 403 403 200 200",
    "reopen_thread": "401 403 403 403 200 200",
    "undo_closing": "401 403 403 403 200 200",
    "list_timers": "200 200 200 200 200 200",
    "set_timer": "401 403 403 403 200 200",
    "clear_timer": "401 403 403 403 204 204",
    "get_closing": "200 200 200 200 200 200",
    "change_closing": "401 403 403 403 200 200",
    "archive_thread": "401 403 403 403 200 200",
    "unarchive_thread": "401 403 403 403 200 200",
    "list_closings": "401 403 403 403 200 200",
    "extend_closings": "401 403 403 403 200 200",
    "reopen_threads": "401 403 403 403 200 200",
    "preview_policy": "401 403 403 403 403 200",
    "moderate_thread": "401 403 403 403 200 200",
    "moderate_reply": "401 403 403 403 200 200",
    "flag_thread": "401 403 201 403 201 201",
    "flag_reply": "401 403 201 403 201 201",
    "list_flags": "401 403 403 403 200 200",
    "list_suspensions": "401 403 403 403 200 200",
    "suspend_account": "401 403 403 403 200 200",
    "restore_account": "401 403 403 403 204 204",
    "list_reviews": "401 403 403 403 200 200",
    "get_review": "401 403 403 403 200 200",
    "decide_review": "401 403 403 403 200 200",
    "get_pending_thread_edit": "404 404 404 200 200 200",
    "withdraw_thread_edit": "404 404 404 204 403 403",
    "get_pending_reply_edit": "404 404 404 200 200 200",
    "withdraw_reply_edit": "404 404 404 204 403 403",
    "claim_review": "401 403 403 403 200 200",
    "decide_reviews": "401 403 403 403 200 200",
    "undo_decision": "401 403 403 403 200 200",
    "remove_posts": "401 403 403 403 200 200",
    "pin_thread": "401 403 403 403 200 200",
    "unpin_thread": "401 403 403 403 204 204",
    "release_review": "401 403 403 403 204 204",
    "list_review_notes": "401 403 403 403 200 200",
    "note_review": "401 403 403 403 201 201",
    "list_account_notes": "401 403 403 403 200 200",
    "note_account": "401 403 403 403 201 201",
    "list_canned_reasons": "401 403 403 403 200 200",
    "make_canned_reason": "401 403 403 403 201 201",
    "get_canned_reason": "401 403 403 403 200 200",
    "change_canned_reason": "401 403 403 403 200 200",
    "delete_canned_reason": "401 403 403 403 204 204",
    "list_rules": "401 403 403 403 200 200",
    "make_rule": "401 403 403 403 201 201",
    "get_rule": "401 403 403 403 200 200",
    "change_rule": "401 403 403 403 200 200",
    "delete_rule": "401 403 403 403 204 204",
    "try_rules": "401 403 403 403 202 202",
    "get_backtest": "401 403 403 403 200 200",
    "get_subscription": "401 200 200 200 200 200",
    "choose_subscription": "401 403 200 200 200 200",
    "delete_subscription": "401 403 204 204 204 204",
    "get_category_subscription": "401 200 200 200 200 200",
    "choose_category_subscription": "401 403 200 200 200 200",
    "delete_category_subscription": "401 403 204 204 204 204",
    "get_tag_subscription": "401 200 200 200 200 200",
    "choose_tag_subscription": "401 403 200 200 200 200",
    "delete_tag_subscription": "401 403 204 204 204 204",
    "list_subscriptions": "401 200 200 200 200 200",
    "read_thread": "401 403 200 200 200 200",
    "list_drafts": "401 200 200 200 200 200",
    "get_draft": "401 200 200 200 200 200",
    "keep_draft": "401 403 200 200 200 200",
    "discard_draft": "401 403 204 204 204 204",
    "react_to_reply": "401 403 200 403 200 200",
    "take_back_reaction_to_reply": "401 403 204 403 204 204",
    "react_to_thread": "401 403 200 403 200 200",
    "take_back_reaction_to_thread": "401 403 204 403 204 204",
    "list_thread_events": "200 200 200 200 200 200",
    "list_notifications": "401 200 200 200 200 200",
    "read_notifications": "401 403 200 200 200 200",
    "get_notification_preferences": "401 200 200 200 200 200",
    "change_notification_preferences": "401 403 200 200 200 200",
    "report_bounce": "401 403 403 403 403 404",
    "list_devices": "401 403 200 200 200 200",
    "register_device": "401 403 201 201 201 201",
    "forget_device": "401 403 404 204 404 404",
    "explain_notification": "401 404 404 200 404 404",
    "explain_thread": "401 403 403 200 403 200",
    "explain_reply": "401 403 403 200 403 200",
    "list_dead_jobs": "401 403 403 403 403 200",
    "list_audit": "401 403 403 403 200 200",
    "get_backlog": "401 403 403 403 403 200",
    "retry_dead_jobs": "401 403 403 403 403 200",
    "retry_dead_job": "401 403 403 403 403 204",
    "discard_dead_job": "401 403 403 403 403 204",
    "list_decisions": "401 200 200 200 200 200",
    "get_decision": "401 404 404 200 200 200",
    "appeal_decision": "401 404 404 201 403 403",
    "appeal_review": "401 404 404 201 403 403",
    "list_appeals": "401 403 403 403 200 200",
    "decide_appeal": "401 403 403 403 200 200",
    "get_report": "401 403 403 403 200 200",
    "preview_text": "401 403 200 200 200 200",
    "get_site": "200 200 200 200 200 200",
    "change_site": "401 403 403 403 403 200",
}
"""By operation: the status that each role meets, on a subject of alice's (the owner's)."""

CODES = {401: "not-signed-in", 403: "not-allowed", 404: "not-found"}


async def closed(stage: Stage, subject: Subject) -> None:
    await stage.must("mona", "PUT", f"/threads/{subject.parameters['thread_id']}/closure", {})


async def archived(stage: Stage, subject: Subject) -> None:
    await stage.must("mona", "PUT", f"/threads/{subject.parameters['thread_id']}/archive")


async def rejected(stage: Stage, subject: Subject) -> None:
    door = f"/reviews/{subject.parameters['review_id']}"
    version = (await stage.must("mona", "GET", door))["version"]
    await stage.must("mona", "PUT", f"{door}/decision", {"action": "reject", "version": version})


async def begun(stage: Stage, subject: Subject) -> None:
    for role in ("silenced", "elsewhere", "here"):
        await special(stage, role)
    for who in ("alice", "bob", "mona", "ada", "silenced", "elsewhere", "here"):
        await stage.must(who, "PUT", f"/threads/{subject.parameters['thread_id']}/draft", {"body": "The numbers"})


async def edited(stage: Stage, subject: Subject) -> None:
    values = subject.parameters
    await hold_edit(
        stage, f"/replies/{values['reply_id']}" if "reply_id" in values else f"/threads/{values['thread_id']}"
    )


BEFORE = {
    "get_pending_thread_edit": edited, "withdraw_thread_edit": edited, "get_pending_reply_edit": edited,
    "withdraw_reply_edit": edited,
    "get_draft": begun, "discard_draft": begun, "reopen_thread": closed, "undo_closing": closed,
    "unarchive_thread": archived, "appeal_review": rejected,
}  # fmt: skip


def test_the_table_has_a_row_for_every_operation(document: Json) -> None:
    assert sorted(TABLE) == sorted(one.id for one in operations(document))
    assert all(len(row.split()) == len(ROLES) for row in TABLE.values())


SILENCED = frozenset((
    "open_thread", "edit_thread", "post_reply", "edit_reply", "react_to_reply", "react_to_thread",
    "take_back_reaction_to_reply", "take_back_reaction_to_thread", "flag_thread", "flag_reply", "close_thread",
    "reopen_thread", "undo_closing", "change_closing",
))  # fmt: skip
"""What who is silenced may not do; everything else they do as members."""

ELSEWHERE = {
    "list_reviews": "200", "get_review": "404", "decide_review": "404", "list_flags": "404", "list_closings": "200",
    "extend_closings": "200", "reopen_threads": "200", "list_audit": "200",
    "decide_reviews": "200", "undo_decision": "404", "claim_review": "404", "release_review": "404",
    "list_review_notes": "404", "note_review": "404",
    "list_canned_reasons": "200", "get_canned_reason": "200", "list_appeals": "200", "decide_appeal": "404",
    "list_rules": "200", "get_rule": "404", "change_rule": "404", "delete_rule": "404", "get_backtest": "404",
}  # fmt: skip
"""What a moderator of another category meets, where it is not what members do."""

OF_THE_SITE = frozenset(
    (
        "list_account_notes",
        "note_account",
        "make_canned_reason",
        "change_canned_reason",
        "delete_canned_reason",
        "list_suspensions",
        "suspend_account",
        "restore_account",
        "remove_posts",
        "list_category_moderators",
        "make_rule",
        "try_rules",
        "get_report",
    )
)
"""What moderators of a category do not do, though the site's moderators do; the last is tried on another category."""


def expected(operation_id: str) -> dict[str, str]:
    """What each role meets. Who is suspended is a guest who is told so; the moderator of the subject's category does
    what moderators do, but for what is about the whole site.
    """
    row = dict(zip(ROLES, TABLE[operation_id].split(), strict=True))
    guest, member = row["guest"], row["member"]
    return row | {
        "suspended": "403" if guest == "401" else guest,
        "silenced": "403" if operation_id in SILENCED else member,
        "elsewhere": ELSEWHERE.get(operation_id, member),
        "here": member if operation_id in OF_THE_SITE else row["moderator"],
    }


def code_of(operation_id: str, role: str, status: int) -> str:
    """The code of a refusal."""
    if status == 403 and role == "suspended":
        return "suspended"
    return "silenced" if role == "silenced" and operation_id in SILENCED else CODES[status]


@pytest.mark.sqlite_only("a role is asked in Python, before any statement; who may see what is tried on both below")
@pytest.mark.parametrize("operation_id", TABLE)
async def test_every_role_meets_what_the_table_says(stage: Stage, document: Json, operation_id: str) -> None:
    operation = named(document, operation_id)
    found: dict[str, str] = {}
    subject = None
    for role in (*SPECIAL, *ROLES):
        subject = subject or await prepared(stage, operation, BEFORE.get(operation_id))
        answer = await try_as(stage, document, operation, role, subject)
        found[role] = str(answer.status_code)
        if answer.status_code in CODES:
            assert answer.json()["code"] == code_of(operation_id, role, answer.status_code), role
        if answer.status_code == 401:
            assert answer.headers["www-authenticate"], role
        if answer.is_success and operation.method != "get":
            subject = None  # what it was tried on is not fresh any more
    assert found == expected(operation_id)


OUT_OF_THE_TRASH = ("moderate_thread", "moderate_reply")
"""The operations by which moderators, and nobody else, reach what was deleted: else nothing could be restored."""


def about_posts(document: Json) -> list[str]:
    """The operations whose path names a thread or a reply."""
    return [one.id for one in operations(document) if {"thread_id", "reply_id"} & set_of(one.parameters("path"))]


def set_of(parameters: list[Json]) -> set[str]:
    return {item["name"] for item in parameters}


async def hidden_subjects(stage: Stage) -> list[tuple[str, tuple[str, ...], Json]]:
    """Posts that some roles must not know of: what hides them, from whom, and their ids."""
    for name in ("staff", "members"):
        await stage.must("ada", "POST", "/categories", {"name": f"For {name}", "slug": name, "visibility": name})
    found = []
    for category, blind in (("staff", ("guest", "member")), ("members", ("guest",))):
        thread = await a_thread(stage.people["mona"], title=f"Secret of {category}", category=category)
        reply = await a_reply(stage.people["mona"], thread)
        found.append((category, blind, {"thread_id": thread["id"], "reply_id": reply["id"]}))
    thread = await a_thread(stage.people["alice"], title="Secret of the trash")
    reply = await a_reply(stage.people["alice"], thread)
    await stage.must("mona", "DELETE", f"/threads/{thread['id']}")
    everyone = ("guest", "member", "owner", "moderator", "admin")
    return [*found, ("trash", everyone, {"thread_id": thread["id"], "reply_id": reply["id"]})]


async def test_what_is_hidden_is_not_found_by_any_operation(stage: Stage, document: Json) -> None:
    wrong = []
    for hidden_by, blind, values in await hidden_subjects(stage):
        for role in [role for role in blind if role in ROLES]:
            client = await client_of(stage, role)
            for operation_id in about_posts(document):
                if hidden_by == "trash" and role in ("moderator", "admin") and operation_id in OUT_OF_THE_TRASH:
                    continue
                operation = named(document, operation_id)
                named_too = {"number": 1, "name": "like", "kind": "archive", "username": "alice"} | values
                answer = await client.send(request_for(client, operation, named_too, example_body(document, operation)))
                if (answer.status_code, answer.json().get("code")) != (404, "not-found"):
                    wrong.append(f"{hidden_by}: {role} {operation_id}: {answer.status_code} {answer.text[:150]}")
    assert not wrong, "\n".join(wrong)


async def test_what_is_hidden_shows_on_no_list_and_no_page(stage: Stage) -> None:
    hidden = await hidden_subjects(stage)
    for path in (
        "/", "/c/general", "/u/mona", "/u/alice", "/new", "/api/v1/threads", "/api/v1/threads?author=mona",
        "/api/v1/threads?sort=new", "/api/v1/threads?sort=top", "/api/v1/threads?state=closed", "/api/v1/categories",
    ):  # fmt: skip
        seen = await stage.guest.get(path)
        assert "Secret" not in seen.text, path
        assert "For staff" not in seen.text, path
        seen = await stage.client("bob").get(path)
        assert "Secret of staff" not in seen.text, path
        assert "Secret of the trash" not in seen.text, path
        assert "For staff" not in seen.text, path
    for path in ("/c/staff", "/api/v1/categories/staff", "/api/v1/threads?category=staff"):
        assert (await stage.client("bob").get(path)).status_code == 404, path
    for _, _, values in hidden:
        page = await stage.guest.get(f"/t/{values['thread_id']}/x")
        assert page.status_code == 404
        assert "Secret" not in page.text


async def test_the_checks_run_in_the_order_of_the_contract(stage: Stage, document: Json) -> None:
    """Seen (404) before signed in (401) before allowed (403) before valid (422)."""
    wrong = []
    for operation_id in about_posts(document):
        operation = named(document, operation_id)
        if operation.body_schema() is None:
            continue
        expected = {"missing": 404, "guest": 401, "member": int(TABLE[operation_id].split()[2])}
        for who, status in expected.items():
            values: Json = {"thread_id": 999, "reply_id": 999} if who == "missing" else {"thread_id": 1, "reply_id": 1}
            client = stage.client("bob" if who == "member" else "guest")
            values["kind"] = "archive"
            answer = await client.send(request_for(client, operation, values, {"surprise": "\0"}))
            if answer.status_code != (422 if status < 300 else status):
                wrong.append(f"{operation_id} {who}: {answer.status_code} {answer.text[:150]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Authorization": "Basic YTpi"},
    ],
    ids=str,
)
async def test_no_other_site_may_write_on_any_route(stage: Stage, headers: dict[str, Any]) -> None:
    wrong = []
    for method, path in unsafe_routes():
        answer = await stage.client("ada").request(method, path, headers=headers)
        if answer.status_code != 403 or "cross-origin" not in answer.text:
            wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
