"""Making, changing and deleting categories."""

from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from service.categories import queries
from service.categories.errors import CategoryInUse
from service.categories.events import CategoryChanged
from service.categories.models import MOST_SLUG, Category
from service.categories.operations.moderators import dismiss_moderators
from service.kit import events
from service.kit.actor import Actor, check_administers
from service.kit.database.rows import stored_id
from service.kit.errors import Problem, invalid, settled
from service.kit.text import slugify
from service.kit.versions import Wanted, check_version
from service.site.queries import get_site

TEXTS: Final = ("name", "description", "slug")
"""What is words: an event keeps none."""


def make_category(session: Session, actor: Actor, values: dict[str, Any] | Problem) -> Category:
    """Make a category; the slug is made from the name unless given.

    Raises NotSignedIn, NotAllowed, Invalid (also for a slug that is taken).
    """
    check_administers(actor)
    fields = dict(settled(values))
    fields["slug"] = fields.get("slug") or slugify(fields["name"])[:MOST_SLUG].rstrip("-")
    if queries.slug_taken(session, fields["slug"]):
        raise invalid("/slug", "is taken by another category")
    category = Category(**fields)
    session.add(category)
    _store(session)
    _record(session, actor, category, "made")
    return category


def sure_of_category(session: Session, actor: Actor, slug: str, values: dict[str, Any]) -> Category:
    """The category of this slug, made with `values` where there is none: for what Parley itself files (an import).

    Raises Invalid when somebody else made it at this moment.
    """
    if queries.slug_taken(session, slug):
        return queries.get_category(session, actor, slug)
    category = Category(slug=slug, **values)
    session.add(category)
    _store(session)
    _record(session, actor, category, "made")
    return category


def change_category(
    session: Session, actor: Actor, slug: str, values: dict[str, Any] | Problem, version: Wanted
) -> Category:
    """Change the named fields; a closing policy acts on existing threads at once.

    Raises NotFound, NotSignedIn, NotAllowed, Invalid, EditConflict.
    """
    category = queries.get_category(session, actor, slug, lock=True)
    check_administers(actor)
    fields = settled(values)
    check_version(version, category.version)
    if fields.get("slug", slug) != slug and queries.slug_taken(session, fields["slug"]):
        raise invalid("/slug", "is taken by another category")
    changed = events.changes(category, fields, TEXTS)
    for name, value in fields.items():
        setattr(category, name, value)
    category.version += 1
    session.add(category)
    _store(session)
    _record(session, actor, category, "changed", changed)
    return category


def delete_category(session: Session, actor: Actor, slug: str, version: Wanted) -> None:
    """Delete an empty category. Raises NotFound, NotSignedIn, NotAllowed, EditConflict, CategoryInUse."""
    queries.get_category(session, actor, slug)
    check_administers(actor)
    get_site(session, lock=True)  # one deletion at a time: two at once would each leave the other's category
    category = queries.get_category(session, actor, slug, lock=True)
    check_version(version, category.version)
    if queries.is_last(session):
        raise CategoryInUse("A site has at least one category")
    dismiss_moderators(session, stored_id(category.id))
    _record(session, actor, category, "deleted")
    session.delete(category)
    try:
        session.flush()
    except IntegrityError as error:  # threads refer to it; a thread opened at this moment does so too
        raise CategoryInUse("Move its threads first") from error


def _store(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:  # somebody else took the slug since we looked
        raise invalid("/slug", "is taken by another category") from error


def _record(
    session: Session, actor: Actor, category: Category, change: str, changed: dict[str, list[Any]] | None = None
) -> None:
    told = CategoryChanged(
        actor=actor, category_id=stored_id(category.id), change=change, version=category.version, changes=changed
    )
    events.record(session, told)
