"""One worked example for each operation: who asks, with which parameters, and what must be there before.

The body is the request model's own example, so that it is written once. `python -m tests.api.record` sends each on a
fresh stage and keeps parameters, body and answer in service/web/examples.json; test_examples.py sends what the document
says to a live server.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from service.devices.schemas import EXAMPLE
from service.notifications.schemas.bounces import EXAMPLE as MAILED
from tests.api.stage import Stage, bury_one, hold, hold_edit, mail_one

DEAD_JOB = 1_000
"""The id of the job that was given up: far above those of the stage's own jobs."""
Prepare = Callable[[Stage], Awaitable[Any]]


async def nothing(stage: Stage) -> None:
    """The stage as it is."""


def having(who: str, method: str, path: str, body: Any = None) -> Prepare:
    """A stage on which somebody has done something before."""

    async def prepare(stage: Stage) -> None:
        await stage.must(who, method, path, body)

    return prepare


async def told(stage: Stage) -> None:
    """Bob has replied to alice, and she has been told, of this alone; nobody of what was there before."""
    await stage.jobs()
    await stage.must("bob", "POST", "/threads/1/replies", {"body": "And the camps themselves?", "parent": 1})
    await stage.jobs()


async def given_up(stage: Stage) -> None:
    """A job was given up."""
    await stage.app.state.database.write(bury_one, DEAD_JOB)


async def mailed(stage: Stage) -> None:
    """The letter of the request's example was sent to alice."""
    await stage.app.state.database.write(mail_one, MAILED["message_id"])


async def waiting(stage: Stage) -> None:
    """A reply of bob's waits for a moderator; what is posted after it does not."""
    await hold(stage, 100)
    await stage.must("bob", "POST", "/threads/1/replies", {"body": "Which numbers do you mean?"})
    await hold(stage, 0)


def edited(post: str) -> Prepare:
    """An edit of this post of alice's waits."""

    async def prepare(stage: Stage) -> None:
        await hold_edit(stage, post)

    return prepare


async def noted(stage: Stage) -> None:
    """A moderator left a note at what waits."""
    await waiting(stage)
    await stage.must("ada", "POST", "/reviews/1/notes", {"body": "The third of this kind."})


async def tried(stage: Stage) -> None:
    """A rule was tried on what alice wrote."""
    asked = {"rules": [{"kind": "words", "terms": {"lines": ["amnesty"]}, "name": "The amnesty"}], "last": 5000}
    await stage.must("mona", "POST", "/moderation/rules/backtest", asked)
    await stage.jobs()


@dataclass(frozen=True)
class Worked:
    """One example."""

    by: str
    parameters: dict[str, Any] = field(default_factory=dict)
    prepare: Prepare = nothing


DOROTHEA = {"username": "dorothea", "email": "dorothea@example.org", "password": "middlemarch, 1871"}
SCRIPT = {"name": "Archive script", "scopes": ["read", "write"]}
CASINOS = {"name": "Casinos", "kind": "words", "terms": {"lines": ["casino"]}}
AFTER_THE_FIRST_RULES = "WzVd"
"""A site begins with five rules."""
SEMINAR = {"name": "Seminar", "slug": "seminar"}
TAGGED = {"tags": ["amnesty", "1953"]}
THREAD, REPLY = {"thread_id": 1}, {"reply_id": 1}
IN_AMNESTY = having("alice", "PATCH", "/threads/1", {"tags": ["Amnesty"]})
FOLLOWED = having("bob", "PUT", "/categories/general/subscription", {"level": "watching"})
BEGUN = having("bob", "PUT", "/threads/1/draft", {"body": "The numbers hide"})
RULED = having("mona", "POST", "/moderation/rules", CASINOS)
THANKED = having("bob", "PUT", "/replies/1/reactions/thanks")
AGREED = having("bob", "PUT", "/threads/1/reactions/agree")
CLOSES = having("mona", "PUT", "/threads/1/closing", {"close_after_idle": "P14D"})
EDITED_THREAD = having("alice", "PATCH", "/threads/1", {"body": "Who came home, and to what?"})
TIMED = having("mona", "PUT", "/threads/1/timers/close", {"at": "2030-01-31T12:00:00Z", "time_zone": "Europe/Rome"})
NOTED = having("ada", "POST", "/accounts/bob/notes", {"body": "Asked twice to leave names out."})
SAID_OFTEN = having("mona", "POST", "/moderation/reasons", {"title": "Names", "body": "{author}, leave names out."})
EDITED_REPLY = having("alice", "PATCH", "/replies/1", {"body": "The numbers hide families."})
COMPLAINED = having("bob", "POST", "/replies/1/flags", {"reason": "spam", "note": "The third advert today."})
IN_CHARGE = having("ada", "PUT", "/categories/general/moderators/bob")
SILENCED = having("mona", "PUT", "/accounts/bob/suspension", {"reason": "Insults.", "silence": True})

HIDDEN = having("mona", "PUT", "/replies/1/moderation", {"action": "hide", "reason": "Please leave names out."})


UNDONE_BY = 4
"""The log's entry of that decision."""


async def appealed(stage: Stage) -> None:
    """Alice has appealed the decision that hid her reply."""
    await HIDDEN(stage)
    await stage.must("alice", "POST", "/decisions/1/appeal", {"reason": "It is the name of the book’s author."})


WORKED = {
    "register": Worked("guest"),
    "get_account": Worked("guest", {"username": "alice"}),
    "change_account": Worked("ada", {"username": "bob"}),
    "get_me": Worked("alice"),
    "change_me": Worked("alice"),
    "sign_in": Worked("guest", prepare=having("guest", "POST", "/accounts", DOROTHEA)),
    "list_sessions": Worked("alice", {"limit": 20}),
    "sign_out": Worked("alice"),
    "end_session": Worked("alice", {"session_id": 1}),
    "list_tokens": Worked("alice", {"limit": 20}, having("alice", "POST", "/tokens", SCRIPT)),
    "make_token": Worked("alice"),
    "revoke_token": Worked("alice", {"token_id": 1}, having("alice", "POST", "/tokens", SCRIPT)),
    "list_categories": Worked("guest"),
    "make_category": Worked("ada"),
    "get_category": Worked("guest", {"slug": "general"}),
    "change_category": Worked("ada", {"slug": "general", "if-match": '"v1"'}),
    "delete_category": Worked("ada", {"slug": "seminar"}, having("ada", "POST", "/categories", SEMINAR)),
    "list_category_moderators": Worked("mona", {"slug": "general"}, IN_CHARGE),
    "add_category_moderator": Worked("ada", {"slug": "general", "username": "bob"}),
    "remove_category_moderator": Worked("ada", {"slug": "general", "username": "bob"}, IN_CHARGE),
    "list_threads": Worked("guest", {"category": "general", "sort": "active", "limit": 20}),
    "list_tags": Worked("guest", {"q": "amn", "limit": 20}, having("alice", "PATCH", "/threads/1", TAGGED)),
    "open_thread": Worked("alice"),
    "get_thread": Worked("guest", THREAD),
    "edit_thread": Worked("alice", THREAD),
    "delete_thread": Worked("mona", THREAD),
    "list_thread_revisions": Worked("guest", THREAD | {"limit": 20}, EDITED_THREAD),
    "redact_thread_revision": Worked("mona", THREAD | {"number": 1}, EDITED_THREAD),
    "list_replies": Worked("guest", THREAD | {"after": 0, "limit": 20}),
    "post_reply": Worked("bob", THREAD),
    "get_reply": Worked("guest", REPLY),
    "edit_reply": Worked("alice", REPLY | {"if-match": '"v1"'}),
    "delete_reply": Worked("alice", REPLY),
    "list_reply_revisions": Worked("guest", REPLY | {"limit": 20}, EDITED_REPLY),
    "redact_reply_revision": Worked("mona", REPLY | {"number": 1}, EDITED_REPLY),
    "close_thread": Worked("mona", THREAD),
    "reopen_thread": Worked("mona", THREAD, having("mona", "PUT", "/threads/1/closure", {"reason": "Too early."})),
    "undo_closing": Worked("mona", THREAD, having("mona", "PUT", "/threads/1/closure", {"reason": "Too early."})),
    "list_timers": Worked("mona", THREAD | {"state": "active", "limit": 20}, TIMED),
    "set_timer": Worked("mona", THREAD | {"kind": "close"}),
    "clear_timer": Worked("mona", THREAD | {"kind": "close"}, TIMED),
    "get_closing": Worked("guest", THREAD),
    "change_closing": Worked("mona", THREAD),
    "archive_thread": Worked("mona", THREAD),
    "unarchive_thread": Worked("mona", THREAD, having("mona", "PUT", "/threads/1/archive")),
    "list_closings": Worked("mona", {"state": "open", "limit": 20}, CLOSES),
    "extend_closings": Worked("mona", prepare=CLOSES),
    "reopen_threads": Worked("mona", prepare=having("mona", "PUT", "/threads/1/closure", {"reason": "Too early."})),
    "preview_policy": Worked("ada"),
    "moderate_thread": Worked("mona", THREAD),
    "moderate_reply": Worked("mona", REPLY),
    "flag_thread": Worked("bob", THREAD),
    "flag_reply": Worked("bob", REPLY),
    "list_flags": Worked("mona", {"review_id": 1, "limit": 20}, COMPLAINED),
    "list_suspensions": Worked("mona", {"username": "bob", "limit": 20}, SILENCED),
    "suspend_account": Worked("mona", {"username": "bob"}),
    "restore_account": Worked("mona", {"username": "bob"}, SILENCED),
    "list_reviews": Worked("mona", {"state": "open", "limit": 20}, waiting),
    "get_review": Worked("mona", {"review_id": 1}, waiting),
    "decide_review": Worked("mona", {"review_id": 1}, waiting),
    "get_pending_thread_edit": Worked("alice", {"thread_id": 1}, edited("/threads/1")),
    "withdraw_thread_edit": Worked("alice", {"thread_id": 1}, edited("/threads/1")),
    "get_pending_reply_edit": Worked("alice", {"reply_id": 1}, edited("/replies/1")),
    "withdraw_reply_edit": Worked("alice", {"reply_id": 1}, edited("/replies/1")),
    "decide_reviews": Worked("mona", prepare=waiting),
    "undo_decision": Worked("mona", {"event_id": UNDONE_BY}, HIDDEN),
    "remove_posts": Worked("mona", {"username": "bob"}),
    "pin_thread": Worked("mona", THREAD),
    "unpin_thread": Worked("mona", THREAD, having("mona", "PUT", "/threads/1/pin", {})),
    "claim_review": Worked("mona", {"review_id": 1}, waiting),
    "release_review": Worked("mona", {"review_id": 1}, waiting),
    "list_review_notes": Worked("mona", {"review_id": 1, "limit": 20}, noted),
    "note_review": Worked("mona", {"review_id": 1}, waiting),
    "list_account_notes": Worked("mona", {"username": "bob", "limit": 20}, NOTED),
    "note_account": Worked("mona", {"username": "bob"}),
    "list_canned_reasons": Worked("mona", prepare=SAID_OFTEN),
    "make_canned_reason": Worked("mona"),
    "get_canned_reason": Worked("mona", {"reason_id": 1}, SAID_OFTEN),
    "change_canned_reason": Worked("mona", {"reason_id": 1, "if-match": '"v1"'}, SAID_OFTEN),
    "delete_canned_reason": Worked("mona", {"reason_id": 1}, SAID_OFTEN),
    "list_rules": Worked("mona", {"limit": 20, "cursor": AFTER_THE_FIRST_RULES}, RULED),
    "make_rule": Worked("mona"),
    "get_rule": Worked("mona", {"rule_id": 6}, RULED),
    "change_rule": Worked("mona", {"rule_id": 6, "if-match": '"v1"'}, RULED),
    "delete_rule": Worked("mona", {"rule_id": 6, "if-match": '"v1"'}, RULED),
    "try_rules": Worked("mona"),
    "get_backtest": Worked("mona", {"backtest_id": 1}, tried),
    "get_subscription": Worked("alice", THREAD),
    "choose_subscription": Worked("bob", THREAD),
    "delete_subscription": Worked("alice", THREAD),
    "get_category_subscription": Worked("bob", {"slug": "general"}),
    "choose_category_subscription": Worked("bob", {"slug": "general"}),
    "delete_category_subscription": Worked("bob", {"slug": "general"}),
    "get_tag_subscription": Worked("bob", {"slug": "amnesty"}, IN_AMNESTY),
    "choose_tag_subscription": Worked("bob", {"slug": "amnesty"}, IN_AMNESTY),
    "delete_tag_subscription": Worked("bob", {"slug": "amnesty"}, IN_AMNESTY),
    "list_subscriptions": Worked("bob", {"limit": 20}, FOLLOWED),
    "read_thread": Worked("alice", THREAD),
    "list_drafts": Worked("bob", {"limit": 20}, BEGUN),
    "get_draft": Worked("bob", THREAD, BEGUN),
    "keep_draft": Worked("bob", THREAD),
    "discard_draft": Worked("bob", THREAD, BEGUN),
    "react_to_reply": Worked("bob", REPLY | {"name": "thanks"}),
    "take_back_reaction_to_reply": Worked("bob", REPLY | {"name": "thanks"}, THANKED),
    "react_to_thread": Worked("bob", THREAD | {"name": "agree"}),
    "take_back_reaction_to_thread": Worked("bob", THREAD | {"name": "agree"}, AGREED),
    "list_thread_events": Worked("guest", THREAD | {"after": 0, "limit": 20}),
    "list_notifications": Worked("alice", {"unread": True, "limit": 20}, told),
    "read_notifications": Worked("alice", prepare=told),
    "get_notification_preferences": Worked("alice"),
    "change_notification_preferences": Worked("alice"),
    "report_bounce": Worked("ada", prepare=mailed),
    "list_devices": Worked("alice", prepare=having("alice", "POST", "/me/devices", EXAMPLE)),
    "register_device": Worked("alice"),
    "forget_device": Worked("alice", {"device_id": 1}, having("alice", "POST", "/me/devices", EXAMPLE)),
    "explain_notification": Worked("alice", {"notification_id": 1}, told),
    "explain_thread": Worked("ada", THREAD | {"username": "bob"}),
    "explain_reply": Worked("ada", REPLY | {"username": "bob"}),
    "list_dead_jobs": Worked("ada", {"limit": 20}, given_up),
    "list_audit": Worked("mona", {"kind": "reply", "limit": 2}),
    "get_backlog": Worked("ada", prepare=given_up),
    "retry_dead_jobs": Worked("ada", prepare=given_up),
    "retry_dead_job": Worked("ada", {"job_id": DEAD_JOB}, given_up),
    "discard_dead_job": Worked("ada", {"job_id": DEAD_JOB}, given_up),
    "list_decisions": Worked("alice", {"limit": 20}, HIDDEN),
    "get_decision": Worked("alice", {"decision_id": 1}, HIDDEN),
    "appeal_decision": Worked("alice", {"decision_id": 1}, HIDDEN),
    "appeal_review": Worked("alice", {"review_id": 1}, HIDDEN),
    "list_appeals": Worked("ada", {"state": "open", "limit": 20}, appealed),
    "decide_appeal": Worked("ada", {"appeal_id": 1}, appealed),
    "get_report": Worked("mona", {"from": "2020-01-01", "to": "2020-12-31"}),
    "preview_text": Worked("alice"),
    "get_site": Worked("guest"),
    "change_site": Worked("ada", {"if-match": '"v1"'}),
}
"""By operation id."""
