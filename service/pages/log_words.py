"""What the entries of the log say, for people: a phrase for each kind of event that follows “who”."""

from typing import Final

GROUPS: Final = {
    "": "Everything",
    "review": "Decisions",
    "flag": "Flags",
    "appeal": "Appeals",
    "account": "People",
    "rule": "Rules",
    "thread": "Threads",
    "reply": "Replies",
    "category": "Categories",
    "site": "Settings",
    "timer": "Timers",
}
"""The kinds that one can look for, by how they begin."""

PHRASES: Final = {
    "thread.opened": "opened a thread",
    "thread.held": "submitted a thread that waits",
    "thread.published": "published a thread",
    "thread.edited": "edited a thread",
    "thread.closed": "closed a thread",
    "thread.closing_soon": "warned of a closing",
    "thread.reopened": "reopened a thread",
    "thread.archived": "archived a thread",
    "thread.unarchived": "took a thread out of the archive",
    "thread.moved": "moved a thread",
    "thread.split": "split a thread",
    "thread.merged": "merged two threads",
    "thread.pinned": "pinned a thread",
    "thread.unpinned": "unpinned a thread",
    "thread.hidden": "hid a thread",
    "thread.restored": "restored a thread",
    "thread.rejected": "rejected a thread",
    "thread.spammed": "marked a thread as spam",
    "thread.trashed": "deleted a thread",
    "thread.purged": "emptied a deleted thread",
    "thread.imported": "imported a thread",
    "thread.redacted": "blacked out an earlier text of a thread",
    "reply.posted": "posted a reply",
    "reply.held": "submitted a reply that waits",
    "reply.published": "published a reply",
    "reply.edited": "edited a reply",
    "reply.hidden": "hid a reply",
    "reply.restored": "restored a reply",
    "reply.rejected": "rejected a reply",
    "reply.spammed": "marked a reply as spam",
    "reply.trashed": "deleted a reply",
    "reply.purged": "emptied a deleted reply",
    "reply.imported": "imported a reply",
    "reply.redacted": "blacked out an earlier text of a reply",
    "flag.raised": "flagged a post",
    "flag.resolved": "settled a flag",
    "review.decided": "decided",
    "review.undone": "undid a decision",
    "appeal.made": "appealed",
    "appeal.decided": "decided an appeal",
    "account.registered": "registered",
    "account.changed": "changed an account",
    "account.credentials_changed": "changed what an account signs in with",
    "account.silenced": "silenced somebody",
    "account.suspended": "suspended somebody",
    "account.restored": "lifted a suspension or a silence",
    "account.erased": "erased an account",
    "category.changed": "changed a category",
    "site.changed": "changed the site’s settings",
    "rule.changed": "changed a rule",
    "timer.fired": "carried out a timer",
}
"""By kind. `tests/pages/test_mod_log.py` sees to it that none is missing."""


def phrase(kind: str) -> str:
    """What somebody did, in a few words."""
    return PHRASES.get(kind, kind)
