"""Whether a letter is still wanted, as a table."""

from dataclasses import replace

import pytest

from service.notifications.policy import Standing, reason_for, why_not

pytestmark = pytest.mark.no_database

WANTED = Standing(
    kind="reply", read=False, mail_on=True, thread_shown=True, reply_shown=True, visible=True, level="watching",
    closed=False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (WANTED, None),
        (replace(WANTED, closed=True), None),
        (replace(WANTED, kind="closed", closed=True), None),
        (replace(WANTED, kind="closed", closed=False), "the thread is open again"),
        (replace(WANTED, read=True), "read on the site"),
        (replace(WANTED, mail_on=False), "mail is switched off"),
        (replace(WANTED, thread_shown=False), "the thread is no longer shown"),
        (replace(WANTED, reply_shown=False), "the reply is no longer shown"),
        (replace(WANTED, visible=False), "the recipient may no longer see the category"),
        (replace(WANTED, level="muted"), "the thread is muted"),
        (replace(WANTED, level="normal"), "the thread is no longer watched"),
        (replace(WANTED, visible=False, read=True), "the recipient may no longer see the category"),
    ],
)
def test_why_a_letter_is_not_sent(standing: Standing, reason: str | None) -> None:
    assert why_not(standing) == reason


@pytest.mark.parametrize(
    ("account", "because", "answered", "reason"),
    [(1, "opened", 1, "answered"), (1, "opened", 2, "opened"), (1, "chosen", None, "chosen")],
)
def test_being_answered_comes_first(account: int, because: str, answered: int | None, reason: str) -> None:
    assert reason_for(account, because, answered) == reason
