"""Why somebody is told, and whether a letter is still wanted, as tables."""

from dataclasses import replace
from itertools import product

import pytest

from service.kit.errors import NotFound
from service.kit.signing import seal
from service.notifications.policy import (
    DEEDS,
    UNSUBSCRIBE,
    WHY,
    Standing,
    read_token,
    sentence,
    unsubscribe_path,
    why_not,
)

pytestmark = pytest.mark.no_database

WANTED = Standing(
    kind="reply", reason="opened", read=False, channel_on=True, thread_shown=True, reply_shown=True, visible=True,
    level="watching", mentioned=False, closed=False,
)  # fmt: skip
MENTIONED = replace(WANTED, reason="mentioned", mentioned=True, level="normal")
ANSWERED = replace(WANTED, reason="answered", level="normal")


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (WANTED, None),
        (replace(WANTED, closed=True), None),
        (replace(WANTED, kind="closed", closed=True), None),
        (replace(WANTED, kind="closed", closed=False), "the thread is open again"),
        (replace(WANTED, read=True), "read on the site"),
        (replace(WANTED, channel_on=False), "mail is switched off"),
        (replace(WANTED, thread_shown=False), "the thread is no longer shown"),
        (replace(WANTED, reply_shown=False), "the reply is no longer shown"),
        (replace(WANTED, visible=False), "the recipient may no longer see the category"),
        (replace(WANTED, level="muted"), "the thread is muted"),
        (replace(WANTED, level="normal"), "the thread is no longer watched"),
        (replace(WANTED, visible=False, read=True), "the recipient may no longer see the category"),
        (MENTIONED, None),
        (replace(MENTIONED, kind="thread"), None),
        (replace(MENTIONED, level="muted"), "the thread is muted"),
        (replace(MENTIONED, visible=False), "the recipient may no longer see the category"),
        (replace(MENTIONED, mentioned=False), "the mention was taken back"),
        (replace(MENTIONED, mentioned=False, level="watching"), None),
        (replace(MENTIONED, read=True), "read on the site"),
        (ANSWERED, None),
        (replace(ANSWERED, level="muted"), "the thread is muted"),
        (replace(ANSWERED, channel_on=False), "mail is switched off"),
    ],
)
def test_why_a_letter_is_not_sent(standing: Standing, reason: str | None) -> None:
    assert why_not(standing) == reason


def test_who_is_muted_or_may_not_see_is_never_written_to() -> None:
    """Whatever else holds: the whole table of the rest."""
    flags = (False, True)
    for reason, kind, mentioned, closed in product(WHY, ("reply", "thread", "closed"), flags, flags):
        standing = replace(WANTED, reason=reason, kind=kind, mentioned=mentioned, closed=closed)
        assert why_not(replace(standing, level="muted")) == "the thread is muted"
        assert why_not(replace(standing, visible=False)) == "the recipient may no longer see the category"


@pytest.mark.parametrize(
    ("kind", "reason", "actor", "said"),
    [
        ("reply", "opened", "bob", "bob replied to “T”"),
        ("reply", "answered", "bob", "bob answered you in “T”"),
        ("reply", "mentioned", "bob", "bob mentioned you in “T”"),
        ("reply", "mentioned", None, "Somebody mentioned you in “T”"),
        ("thread", "mentioned", "bob", "bob mentioned you in “T”"),
        ("reply", "quoted", "bob", "bob quoted you in “T”"),
        ("reply", "tag", "bob", "bob replied to “T”"),
        ("thread", "category", "bob", "bob opened “T”"),
        ("closing_soon", "chosen", None, "“T” closes soon"),
        ("reminder", "asked", "bob", "Your reminder of “T”"),
        ("closed", "opened", "mona", "mona closed “T”"),
        ("closed", "opened", None, "“T” is closed"),
    ],
)
def test_what_happened_in_one_line(kind: str, reason: str, actor: str | None, said: str) -> None:
    assert sentence(kind, reason, actor, "T") == said
    assert set(DEEDS) <= set(WHY)


def test_a_link_is_for_one_person_and_one_thread() -> None:
    path = unsubscribe_path("secret", 7, 12)
    token = path.removeprefix("/unsubscribe/")
    assert read_token("secret", token) == (7, 12)
    for wrong in (
        token[:-1], token + "A", token.replace("7.12", "7.13"), token.replace("7.12", "8.12"), "7.12", "",
        seal("secret", UNSUBSCRIBE, 7), seal("secret", UNSUBSCRIBE, 7, 12, 1), seal("secret", "other", 7, 12),
        seal("another", UNSUBSCRIBE, 7, 12),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            read_token("secret", wrong)
