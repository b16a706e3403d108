"""An edit that waits for a moderator, as a thread's page shows it to its author and to moderators."""

from collections.abc import Mapping

from service.kit.actor import Actor
from service.pages import forms
from service.pages.rendering import trusted
from service.pages.views.thread import EditWaiting
from service.replies.models import Reply
from service.screening.models import HeldEdit
from service.threads.models import Thread

Edits = Mapping[int | None, HeldEdit]


def waiting(actor: Actor, post: Thread | Reply, edits: Edits) -> EditWaiting | None:
    """What is said of the edit of a post that waits; None where none does, that this actor knows of."""
    edit = edits.get(post.id if isinstance(post, Reply) else None)
    if edit is None:
        return None
    mine = edit.editor_id is not None and edit.editor_id == actor.account_id
    text = edit.said if isinstance(post, Reply) else edit.said["text"]
    return EditWaiting(
        sentence="Your edit waits for a moderator" if mine else "An edit of this waits for a moderator",
        at=edit.made_at,
        title=edit.title if isinstance(post, Thread) and edit.title != post.title else None,
        body_html=trusted(text["body_html"]) if text else None,
        form=forms.fresh() if mine else None,
        thread_id=edit.thread_id,
        reply_id=edit.reply_id,
    )
