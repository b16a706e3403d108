"""Every write to tags: giving a thread its tags, which makes those that are new, and counting them."""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete
from sqlmodel import Session, col

from service.kit.database.rows import table_of, upsert
from service.tags.models import Tag, TagCount, ThreadTag
from service.tags.policy import distinct
from service.tags.queries import tag_ids_of, tags_by_slug

TAG, THREAD_TAG, TAG_COUNT = table_of(Tag), table_of(ThreadTag), table_of(TagCount)


def set_tags(session: Session, thread_id: int, names: Iterable[str], counted_in: int | None) -> list[str]:
    """Give a thread these tags and no others; returns their names as they are shown, for the thread's row.

    `counted_in` is the thread's category while it is published, and None while it is not.

    The names have been through `policy.tag_name`; two spellings of one tag count once. How many a thread may have is
    the door's rule, so that an import can keep all it brings. The thread's row is stored, and locked or new. This
    makes no event: the thread's own says that its tags changed.
    """
    wanted = distinct(names)
    found = _made_sure_of(session, wanted)
    ids, before = {tag_id for tag_id, _ in found.values()}, tag_ids_of(session, thread_id)
    if gone := before - ids:
        these = (col(ThreadTag.thread_id) == thread_id, col(ThreadTag.tag_id).in_(gone))
        session.execute(delete(ThreadTag).where(*these))
    if new := sorted(ids - before):
        session.execute(THREAD_TAG.insert(), [{"thread_id": thread_id, "tag_id": tag_id} for tag_id in new])
    if counted_in is not None:
        _count(session, counted_in, dict.fromkeys(gone, -1) | dict.fromkeys(new, 1))
    return [found[slug][1] for slug in wanted]


def count_thread(session: Session, thread_id: int, category_id: int, change: int) -> None:
    """Count a thread's tags in its category once more (`change` 1: it is published now) or once less (-1).

    The thread's row is locked.
    """
    _count(session, category_id, dict.fromkeys(tag_ids_of(session, thread_id), change))


def _count(session: Session, category_id: int, changes: Mapping[int, int]) -> None:
    """Tag → change. In the order of the tags, so that two who count the same ones wait for one another in turn."""
    rows = [{"tag_id": tag_id, "category_id": category_id, "threads": changes[tag_id]} for tag_id in sorted(changes)]
    if rows:
        made = upsert(session)(TAG_COUNT).values(rows)
        moved = {"threads": TAG_COUNT.c.threads + made.excluded.threads}
        session.execute(made.on_conflict_do_update(index_elements=["tag_id", "category_id"], set_=moved))


def _made_sure_of(session: Session, wanted: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """Slug → id and name of every wanted tag; those that are new are made.

    In the order of their slugs: on PostgreSQL the second of two transactions that make the same tag waits for the
    first, and two that made two tags in opposite orders would wait for each other.
    """
    found = tags_by_slug(session, wanted)
    if missing := sorted(set(wanted) - set(found)):
        rows = [{"name": wanted[slug], "slug": slug} for slug in missing]
        session.execute(upsert(session)(TAG).values(rows).on_conflict_do_nothing(index_elements=["slug"]))
        found = tags_by_slug(session, wanted)
    return found
