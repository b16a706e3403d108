"""What the entries of the log say, for people: a phrase for each kind of event that follows “who”."""

from typing import Final

GROUPS: Final = {
    "": "Everything",
    "review": "Decisions",
    "batch": "Decisions about many",
    "post": "Reactions",
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
    "thread.opened": "opened the thread",
    "thread.held": "submitted, to wait, the thread",
    "thread.published": "published the thread",
    "thread.edited": "edited the thread",
    "thread.closed": "closed the thread",
    "thread.closing_soon": "warned of the closing of",
    "thread.reopened": "reopened the thread",
    "thread.archived": "archived the thread",
    "thread.unarchived": "took out of the archive the thread",
    "thread.moved": "moved the thread",
    "thread.split": "split the thread",
    "thread.merged": "merged another thread into",
    "thread.pinned": "pinned the thread",
    "thread.unpinned": "unpinned the thread",
    "thread.hidden": "hid the thread",
    "thread.restored": "restored the thread",
    "thread.rejected": "rejected the thread",
    "thread.spammed": "marked as spam the thread",
    "thread.trashed": "deleted the thread",
    "thread.purged": "emptied the deleted thread",
    "thread.imported": "imported the thread",
    "thread.redacted": "blacked out an earlier text of the thread",
    "reply.posted": "replied to",
    "reply.held": "submitted a reply that waits in",
    "reply.published": "published a reply in",
    "reply.edited": "edited a reply in",
    "reply.hidden": "hid a reply in",
    "reply.restored": "restored a reply in",
    "reply.rejected": "rejected a reply in",
    "reply.spammed": "marked as spam a reply in",
    "reply.trashed": "deleted a reply in",
    "reply.purged": "emptied a deleted reply in",
    "reply.imported": "imported a reply in",
    "reply.redacted": "blacked out an earlier text of a reply in",
    "post.reacted": "reacted to",
    "flag.raised": "flagged a post in",
    "flag.resolved": "settled a flag in",
    "batch.decided": "decided about many posts",
    "review.decided": "decided about",
    "review.undone": "undid a decision about",
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
    "timer.fired": "carried out a timer of",
}
"""By kind. `tests/pages/test_mod_log.py` sees to it that none is missing."""


def phrase(kind: str) -> str:
    """What somebody did, in a few words."""
    return PHRASES.get(kind, kind)
