"""A statement of reasons in words: what was decided, how far it goes, why, and by what means. Pure.

The words are the person's whom it is about. They name neither a moderator nor who flagged a post.
"""

from datetime import datetime
from typing import Final

from service.moderation.queries.stating import Statement

DONE: Final = {
    "hide": "was hidden", "reject": "was rejected", "spam": "was marked as spam", "trash": "was removed",
    "approve": "was approved, and is shown", "restore": "is shown again", "hold": "waits for a moderator",
    "edit": "was changed by a moderator before it was published",
}  # fmt: skip
"""What was done to a post, after its name."""

DONE_TO: Final = {
    "silence": "You may not write for now", "suspend": "Your account is suspended",
    "lift": "A restriction of your account was lifted", "remove": "What you had posted here was removed",
}  # fmt: skip
"""What was done to a person."""

SCOPE: Final = {
    "hide": "You and moderators still see it; nobody else does, anywhere.",
    "reject": "You and moderators still see it; it is shown to nobody else, anywhere.",
    "spam": "Moderators still see it; it is shown to nobody else, anywhere.",
    "trash": "Nobody sees it any more, anywhere. After 30 days its text is deleted for good.",
    "remove": "Nobody sees it any more, anywhere; moderators can bring it back.",
    "hold": "You and moderators see it; others will when a moderator approves it.",
    "silence": "You may read, and neither write nor react here.",
    "suspend": "You may not sign in, and nothing can be done with your account.",
}
"""How far a decision goes (article 17(3)(a) of the Digital Services Act)."""

OF_EDIT: Final = "What you had posted before stays as it is; the new text is shown to nobody else, anywhere."
"""How far a decision goes that drops an edit."""

GROUNDS: Final = {
    "rules": "It was found to break the rules of this site.",
    "terms": "It was found not to be compatible with the terms on which this site is used.",
    "law": "It was found to be against the law.",
}
"""The ground of a decision, legal or contractual (article 17(3)(d) and (e))."""


def name_of(seen: Statement) -> str:
    """The post by its kind and title: `reply in “Title”`; `account` for what is about a person."""
    if seen.about == "account":
        return "account"
    return f"edit of your {kind_of(seen)}" if seen.of_edit else kind_of(seen)


def kind_of(seen: Statement) -> str:
    """The post by its kind and title."""
    if seen.title is None:
        return "reply" if seen.decision.reply_id else "post" if seen.thread is None else "thread"
    return f"{'reply in' if seen.decision.reply_id else 'thread'} “{seen.title}”"


def sentence_of(seen: Statement) -> str:
    """What was decided, in one line of plain text: “Your reply in “Title” was hidden”."""
    action = seen.decision.action
    if action in DONE_TO:
        return DONE_TO[action]
    back_to_review = action == "restore" and seen.decision.state_after == "pending"
    done = "waits for a moderator again" if back_to_review else DONE.get(action, "was decided about")
    return f"Your {name_of(seen)} {done}"


def headline_of(seen: Statement) -> str:
    """What was decided, in one line for moderators: “Reply in “Title” was hidden”, “dorothea was silenced”."""
    action, name = seen.decision.action, name_of(seen)
    done_to = {"silence": "was silenced", "suspend": "was suspended", "lift": "may do again what was restricted"}
    if action in DONE_TO:
        return f"{seen.person.shown_name} {done_to.get(action, 'had all posts removed')}"
    return f"{name[0].upper()}{name[1:]} {DONE.get(action, 'was decided about')}"


def undone_of(seen: Statement) -> str:
    """That the decision was undone, in one line."""
    if seen.about == "account":
        return "A restriction of your account was taken back"
    return f"A decision about your {name_of(seen)} was taken back"


def appeal_of(seen: Statement) -> str:
    """What became of the appeal against it, in one line."""
    state = seen.appeal.state if seen.appeal else "open"
    became = {"reversed": "was granted: the decision is taken back", "upheld": "was looked at: the decision stands"}
    about = "a restriction of your account" if seen.about == "account" else f"a decision about your {name_of(seen)}"
    return f"Your appeal against {about} {became.get(state, 'waits for a moderator')}"


def flag_of(seen: Statement, outcome: str) -> str:
    """What became of somebody's flag, in one line: they learn whether something was done, and nothing of its author."""
    post = {"reply": "a reply", "thread": "a thread"}.get(seen.about, "a post")
    where = f" in “{seen.title}”" if seen.title and seen.about == "reply" else f" “{seen.title}”" if seen.title else ""
    became = "upheld: something was done about it" if outcome == "upheld" else "not upheld"
    return f"Your flag of {post}{where} was {became}"


def scope_of(seen: Statement) -> str:
    """How far it goes; empty for what takes nothing."""
    if seen.of_edit:
        return OF_EDIT if seen.decision.restricts else ""
    return SCOPE.get(seen.decision.action, "")


def duration_of(seen: Statement, said: str) -> str:
    """For how long; `said` is the end in its reader's words, where there is one. Empty for what takes nothing."""
    if seen.decision.action in ("silence", "suspend"):
        return f"It ends by itself: {said}." if said else "It lasts until a moderator lifts it."
    return "It lasts until a moderator decides otherwise." if seen.decision.restricts else ""


def means_of(seen: Statement) -> tuple[str, ...]:
    """The facts: what made somebody look, and whether a machine found it or decided (article 17(3)(b) and (c))."""
    decision = seen.decision
    if seen.flagged:
        led = "Readers of this site had flagged it."
    elif decision.rule_id is not None:
        led = "A rule of this site, which looks at every new text, found it."
    else:
        led = "A moderator came upon it; nobody had flagged it." if not decision.automated else ""
    if decision.automated:
        decided = "It was decided automatically: no person has decided it yet."
    else:
        decided = "A moderator decided it, and no machine."
    return tuple(each for each in (led if seen.about != "account" else "", decided) if each)


def grounds_of(seen: Statement) -> str:
    """The ground in words; empty for what takes nothing."""
    return GROUNDS.get(seen.decision.ground, GROUNDS["terms"]) if seen.decision.restricts else ""


def until_of(seen: Statement) -> datetime | None:
    """When the decision ends by itself, if it does."""
    return seen.ends_at
