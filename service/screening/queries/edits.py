"""Edits that wait for a moderator."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from service.screening.models import HeldEdit


def find_edit(session: Session, thread_id: int, reply_id: int | None) -> HeldEdit | None:
    """The edit of a reply, or of a thread's opening (None), that waits, as it stands now; None where none does.

    Asked only of posts whose `edit_waits` says so, so that others cost nothing.
    """
    post = col(HeldEdit.reply_id) == reply_id if reply_id else col(HeldEdit.reply_id).is_(None)
    return session.execute(_of(thread_id).where(post)).scalars().first()


def edits_in(session: Session, thread_id: int) -> Mapping[int | None, HeldEdit]:
    """The edits of a thread's posts that wait, by reply (opening: None). The caller asks who may know of which."""
    return {edit.reply_id: edit for edit in session.execute(_of(thread_id)).scalars()}


def _of(thread_id: int) -> Select[Any]:
    return select(HeldEdit).where(col(HeldEdit.thread_id) == thread_id).execution_options(populate_existing=True)
