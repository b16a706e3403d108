"""Moderating from a page: what a post's state is called, the menu of steps, and the form that takes one.

The same form stands under every post of a thread, for moderators, and in the queue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import NotFound, Problem
from service.moderation.operations import decide_review, moderate
from service.moderation.queries import PostSeen, find_post, list_canned, reasons_in
from service.moderation.queries.edits import known_edits
from service.moderation.queries.statements import reasons_told
from service.moderation.schemas import Decide, Moderate, to_decision
from service.pages import forms
from service.pages.edit_views import waiting
from service.pages.rendering import clock_time
from service.pages.views.frame import Choice, Form
from service.pages.views.moderation import Menu, Standing
from service.pages.views.thread import EditWaiting
from service.replies.models import Reply
from service.screening.models import HeldEdit
from service.screening.policy import DEEDS, DISMISS, possible, told_to
from service.threads.models import Thread

BUTTONS: Final = {
    "approve": "Approve",
    "hide": "Hide",
    "reject": "Reject",
    "spam": "Spam",
    "trash": "Trash",
    "restore": "Restore",
    "dismiss": "Dismiss",
}
"""What the button of each step says."""

DONE: Final = {
    "approve": "Approved",
    "hide": "Hidden",
    "reject": "Rejected",
    "spam": "Marked as spam",
    "trash": "Moved to the trash",
    "restore": "Restored",
    "dismiss": "Left as it is",
}
"""What each step did, as a notice and in the record of the last decision."""

STAMPS: Final = {"pending": "waits for a moderator", "trashed": "in the trash"}
"""The words for a state, where its own name would not say it."""

HELD: Final = "held"
"""The notice after a post was submitted that waits for a moderator."""

EDIT_HELD: Final = "edit-held"
"""The notice after an edit that waits for a moderator."""

FLAGGED: Final = "flagged"
"""The notice after somebody flagged a post."""

UNDONE: Final = "step-undone"
"""The notice after a decision was undone."""

NOTICES: Final = DONE | {
    UNDONE: "Undone: it is as it was before",
    HELD: "Thank you. Your text was stored, and waits for a moderator",
    EDIT_HELD: "Thank you. Your edit waits for a moderator; until then everybody reads the text as it was",
    "withdraw": "Your edit was withdrawn",
    FLAGGED: "Thank you. Moderators will look at what you flagged, and you are told what they decide",
}


def label_of(deed: str, moderation: str) -> str:
    """What a button says about a post in this state: what Parley has hidden is left so by ending its review."""
    return "Leave hidden" if deed == DISMISS and moderation == "hidden" else BUTTONS[deed]


def stamp(moderation: str) -> str:
    """A state in a word or two."""
    return STAMPS.get(moderation, moderation)


def notice(saved: str) -> str | None:
    """The sentence after a form of moderation was stored; None for a word of another form."""
    return f"{NOTICES[saved]}." if saved in NOTICES else None


def standing(actor: Actor, post: Thread | Reply, reason: str) -> Standing | None:
    """What the page says of a post that not everybody sees; None for a published one."""
    state = told_to(actor, post)
    if state == "published":
        return None
    mine = actor.account_id is not None and actor.account_id == post.author_id
    who = "only you and moderators see it" if mine else "only its author and moderators see it"
    notes = {
        "pending": f"Waiting for a moderator: {who}.",
        "hidden": f"This is hidden: {who}.",
        "rejected": f"A moderator did not approve this: {who}.",
    }
    note = notes.get(state, "Only moderators see this.")
    return Standing(stamp(state), note, reason if state in ("pending", "hidden", "rejected") else "")


def menu(post: Thread | Reply, *, what: str, prefix: str, form: Form | None = None) -> Menu:
    """The steps that the post's state allows, as buttons of one form."""
    is_reply = isinstance(post, Reply)
    return Menu(
        form=form or forms.fresh(),
        prefix=prefix,
        what=what,
        thread_id=(post.thread_id if isinstance(post, Reply) else post.id) or 0,
        reply_id=post.id if is_reply else None,
        version=post.version,
        actions=tuple(Choice(action, BUTTONS[action]) for action in possible(post)),
    )


@dataclass(frozen=True, slots=True)
class Marks:
    """What one reader's page says of the state of its posts: the reasons by reply, the form that was refused, and for
    moderators the reasons to choose from. `decided` are the decisions that took the reader's own posts away, by reply,
    `edits` the edits that wait and that the reader knows of.
    """

    actor: Actor
    reasons: Mapping[int | None, str]
    sent: forms.Sent | None = None
    refused: Form | None = None
    canned: tuple[Choice, ...] = ()
    decided: Mapping[int | None, int] = field(default_factory=dict)
    edits: Mapping[int | None, HeldEdit] = field(default_factory=dict)

    def standing(self, post: Thread | Reply) -> Standing | None:
        """What is said of this post."""
        if post.moderation == "published":
            return None
        key = post.id if isinstance(post, Reply) else None
        said, decision = standing(self.actor, post, self.reasons.get(key, "")), self.decided.get(key)
        mine = decision is not None and post.author_id == self.actor.account_id
        return replace(said, why=f"/decisions/{decision}") if said and mine else said

    def edit(self, post: Thread | Reply) -> EditWaiting | None:
        """What is said of an edit of this post that waits."""
        return waiting(self.actor, post, self.edits) if self.edits else None

    def menu(self, post: Thread | Reply, what: str) -> Menu | None:
        """The moderator's steps; None for others."""
        if not self.actor.moderates:
            return None
        mine = self.sent is not None and same_post(self.sent, post)
        prefix = f"reply-{post.id}-" if isinstance(post, Reply) else "thread-"
        made = menu(post, what=what, prefix=prefix, form=self.refused if mine else None)
        return replace(made, canned=self.canned, override=is_claimed(made.form))


def marks(
    session: Session,
    actor: Actor,
    thread: Thread,
    posts: Sequence[Thread | Reply],
    sent: forms.Sent | None,
    problem: Problem | None,
) -> Marks:
    """The marks of these posts of a thread. Of a page on which everything is published nothing is asked."""
    unpublished = actor.signed_in and any(post.moderation in ("pending", "hidden", "rejected") for post in posts)
    reasons = reasons_in(session, thread.id or 0) if unpublished else {}
    canned = canned_choices(session) if actor.moderates else ()
    own = unpublished and any(post.moderation != "published" and post.author_id == actor.account_id for post in posts)
    decided = reasons_told(session, actor, thread.id or 0) if own else {}
    edits = known_edits(session, actor, posts)
    if sent is None or problem is None or not is_step(sent):
        return Marks(actor, reasons, canned=canned, decided=decided, edits=edits)
    refused = refused_form(sent, problem, _now(session, actor, sent))
    return Marks(actor, reasons, sent, refused, canned, decided, edits)


def _now(session: Session, actor: Actor, sent: forms.Sent) -> PostSeen | None:
    """The post that a refused form was about, as it stands; None for one who may not see it so."""
    if not actor.moderates_some:
        return None
    try:
        return find_post(session, actor, sent.number("thread") or 0, reply_of(sent))
    except NotFound:
        return None


def is_step(sent: forms.Sent) -> bool:
    """Whether the form's button is a step of moderation."""
    return sent.deed in DEEDS


def same_post(sent: forms.Sent, post: Thread | Reply) -> bool:
    """Whether the form was about this post."""
    if isinstance(post, Reply):
        return sent.number("reply") == post.id
    return not sent.value("reply") and sent.number("thread") == post.id


def take_step(session: Session, actor: Actor, sent: forms.Sent) -> PostSeen:
    """The step that the form asks for, about the post as the moderator saw it: the same lines as the JSON door's."""
    fields: dict[str, Any] = {"action": sent.deed, "reason": sent.values.get("reason", "")}
    fields |= {"canned": number_if_any(sent, "canned"), "override": bool(sent.value("override"))}
    if sent.value("review"):
        looked_at = to_decision(sent.model(Decide, fields | {"version": sent.number("version") or 0}))
        return decide_review(session, actor, sent.number("review") or 0, looked_at, None)
    decision = to_decision(sent.model(Moderate, fields))
    return moderate(session, actor, sent.number("thread") or 0, reply_of(sent), decision, sent.number("version"))


def number_if_any(sent: forms.Sent, name: str) -> int | None:
    """The number that was chosen; None where nothing was; 0, which is nobody's, for what is no number."""
    return (sent.number(name) or 0) if sent.value(name) else None


def canned_choices(session: Session) -> tuple[Choice, ...]:
    """The canned reasons for a select, behind the choice of none; empty where there are none."""
    found = tuple(Choice(str(each.id), each.title) for each in list_canned(session))
    return (Choice("", "None of them"), *found) if found else ()


def reply_of(sent: forms.Sent) -> int | None:
    """The id of the reply that the form is about; None for an opening. What is no id is no reply's, and no opening."""
    return (sent.number("reply") or 0) if sent.value("reply") else None


def refused_form(sent: forms.Sent, problem: Problem, seen: PostSeen | None) -> Form:
    """The form with what was typed, and what happened to the post meanwhile instead of a program's words."""
    again = sent.again(problem)
    if problem.code == "claimed":
        said = f"{in_use(problem)}. To decide all the same, press the button again."
        return Form(again.key, again.values, again.errors, said, problem.code)
    if seen is None or problem.code not in ("edit-conflict", "stale-decision", "invalid-transition"):
        return again
    return Form(again.key, again.values, again.errors, meanwhile(sent, seen), problem.code)


def in_use(problem: Problem) -> str:
    """Who looks at the post until when, in a reader's words."""
    until = datetime.fromisoformat(problem.extra["claimed_until"])
    return f"{problem.extra['claimed_by'] or 'Another moderator'} is looking at this until {clock_time(until)}"


def is_claimed(form: Form) -> bool:
    """Whether the form was refused because another moderator looks at the post: sent again, it decides all the same."""
    return form.code == "claimed"


def meanwhile(sent: forms.Sent, seen: PostSeen) -> str:
    """What happened to a post since a moderator looked."""
    review, post = seen.review, seen.post
    waits = post.moderation == "pending"
    if review is not None and review.action and review.decided_at and not waits:
        by = f" by {seen.decider_name}" if seen.decider_name else ""
        was = f"meanwhile this was {DONE[review.action].lower()}{by}"
        return f"Nothing was changed: {was}. It is {stamp(post.moderation)} now."
    if sent.number("version") != (review.version if review and sent.value("review") else post.version):
        return "Nothing was changed: the text was edited since you looked. Read it again, then decide."
    return f"Nothing was changed: this is {stamp(post.moderation)}, and that step is not possible from there."
