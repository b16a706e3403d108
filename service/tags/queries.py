"""Every SELECT of tags alone. Which tags a reader may see is asked of the threads that have them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session, col

from service.kit.database.rows import stored_id
from service.tags.models import Tag, ThreadTag


def tags_by_slug(session: Session, slugs: Collection[str]) -> dict[str, tuple[int, str]]:
    """Slug → id and name, for those of the slugs that are tags, used or not."""
    if not slugs:
        return {}
    rows = session.execute(select(col(Tag.slug), col(Tag.id), col(Tag.name)).where(col(Tag.slug).in_(slugs)))
    return {slug: (stored_id(tag_id), name) for slug, tag_id, name in rows}


def tag_ids_of(session: Session, thread_id: int) -> set[int]:
    """The tags of a thread."""
    return set(session.execute(select(col(ThreadTag.tag_id)).where(col(ThreadTag.thread_id) == thread_id)).scalars())
